"""Which tests run by default: a representative part; and where every test must run: all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mimecast.settings.project import PROJECT
from tests.support.requirements import REQUIRE_ALL

CONFTEST = """
import pytest
from tests.support.exhaustive import deselect_repetitions, mark_repetitions

def pytest_configure(config):
    config.addinivalue_line("markers", "exhaustive: repeats")
    config.addinivalue_line("markers", "crossed: several parametrisations")
    config.addinivalue_line("markers", "databases(*names): kinds of database")

def pytest_generate_tests(metafunc):
    mark = metafunc.definition.get_closest_marker("databases")
    if mark:
        metafunc.parametrize("store_url", mark.args)

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    mark_repetitions(items)
    yield
    deselect_repetitions(config, items)
"""

TESTS = """
import pytest
from tests.support.exhaustive import CROSSED, EXHAUSTIVE, every_nth

@EXHAUSTIVE
def test_repeats():
    pass

@pytest.mark.parametrize("number", every_nth([0, 1, 2, 3, 4], 2))
def test_samples(number):
    pass

@CROSSED
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("page", "charts"), [("overview", 3), pytest.param("history", 4), ("report", 1)])
def test_crosses(page, charts, theme):
    pass

@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("days", [1, 7])
def test_stores(store_url, days):
    pass
"""

SAMPLES = ["samples[0]", "samples[2]", "samples[4]"]
CROSSINGS = ["overview-3-light", "overview-3-dark", "history-4-light", "report-1-light"]
STORES = ["sqlite-1", "sqlite-7", "postgresql-1"]


def collected(folder: Path, arguments: list[str], *, is_all_required: bool) -> list[str]:
    """Return the tests that pytest would run in a folder with the tests above."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_cases.py").write_text(TESTS)
    environment = {name: value for name, value in os.environ.items() if name not in (REQUIRE_ALL, "PYTEST_ADDOPTS")}
    environment |= {"PYTHONPATH": str(PROJECT)} | ({REQUIRE_ALL: "1"} if is_all_required else {})
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:dash", "--collect-only", "-q", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=60,
        check=False,
    )
    return re.findall(r"::test_(\S+)", run.stdout)


def test_by_default_a_representative_part_of_the_repetitions_runs(tmp_path: Path) -> None:
    expected = [*SAMPLES, *(f"crosses[{crossing}]" for crossing in CROSSINGS), *(f"stores[{case}]" for case in STORES)]
    assert collected(tmp_path, [], is_all_required=False) == expected


@pytest.mark.parametrize(
    ("arguments", "is_all_required", "count"),
    [([], True, 16), (["-m", "exhaustive"], False, 6), (["test_cases.py::test_repeats"], False, 1)],
    ids=["every test is required", "the mark is named", "a test is named"],
)
def test_a_repetition_runs_where_it_is_required_or_named(
    tmp_path: Path, arguments: list[str], is_all_required: bool, count: int
) -> None:
    assert len(collected(tmp_path, arguments, is_all_required=is_all_required)) == count


def test_continuous_integration_requires_every_test() -> None:
    assert f"export {REQUIRE_ALL}=1" in (PROJECT / ".ci" / "run").read_text()
