"""The house: arrows run one way, and only pages and `ui` know Streamlit."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Store
from mimecast.scores import ScoreCounts
from mimecast.settings import PROJECT

MODULES = sorted((PROJECT / "mimecast").rglob("*.py"))

LEAVES = {"problems", "wording"}
"""How errors and numbers are said: known to everybody, knowing nobody."""

MAY_IMPORT = {
    "problems": set[str](),
    "wording": set[str](),
    "scores": set[str](),
    "api": {"scores"},
    "settings": {"api"},
    "exposed": set[str](),
    "sign_in": {"settings"},
    "history": {"scores"},
    "narrative": {"history", "scores"},
    "figures": {"narrative", "history", "scores"},
    "report": {"figures", "narrative", "history", "scores"},
    "exports": {"report", "figures", "narrative", "history", "scores", "api"},
    "capture": {"api", "history", "settings"},
    "capture_all": {"capture", "api", "history", "settings"},
    "refresh": {"capture", "api"},
    "schedule": set[str](),
    "sandbox": {"api", "scores", "history", "settings"},
}


def imported(file: Path) -> set[str]:
    """Dotted names of everything a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def part(file: Path) -> str:
    return file.relative_to(PROJECT / "mimecast").parts[0].removesuffix(".py")


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_arrows_run_one_way_and_streamlit_stays_in_ui(file: Path) -> None:
    mine = part(file)
    names = imported(file)
    if mine != "ui":
        assert not [name for name in names if name.split(".")[0] == "streamlit"]
    used = {name.split(".")[1] for name in names if name.startswith("mimecast.")} - {mine} - LEAVES
    allowed = MAY_IMPORT.get(mine)
    if allowed is not None:
        assert used <= allowed


@pytest.mark.parametrize(
    "page", [PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))], ids=lambda page: page.name
)
def test_pages_are_thin_and_begin_the_same_way(page: Path) -> None:
    source = page.read_text()
    assert "page = begin(" in source
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(source.splitlines()) < 80


def loaded(arguments: list[str], folder: Path) -> set[str]:
    """The heavy libraries that a run of the command line has loaded, in a folder with a store of one snapshot."""
    script = (
        "import sys\n"
        "from mimecast.__main__ import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    print()\n"
        "heavy = {'streamlit', 'pandas', 'plotly', 'numpy', 'pptx', 'xlsxwriter'}\n"
        "print('LOADED', *sorted(heavy & set(sys.modules)))\n"
    )
    keys = {"BASE_URL": "http://127.0.0.1:9", "ACCESS_KEY": "a", "SECRET_KEY": "YQ==", "APP_ID": "a", "APP_KEY": "a"}
    environment = {f"MIMECAST_{key}": value for key, value in keys.items()}
    environment |= {"PYTHONPATH": str(PROJECT), "HOME": str(folder), "SNAPSHOTS_URL": f"sqlite:///{folder}/s.db"}
    Store.open(environment["SNAPSHOTS_URL"]).add([Snapshot("default", datetime.now(UTC), ScoreCounts(3, 2, 1))])
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=60,
        check=False,
    )
    assert "LOADED" in done.stdout, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "arguments",
    [["-h"], ["snapshot"], ["export", "--out", "x.csv"], ["import", "x.csv"], ["backup", "x.db"], ["restore", "x.db"],
     ["rename", "a", "b"]],
)  # fmt: skip
def test_the_command_line_starts_without_the_heavy_libraries(arguments: list[str], tmp_path: Path) -> None:
    assert loaded(arguments, tmp_path) == set()


def test_a_file_loads_only_what_it_is_made_with(tmp_path: Path) -> None:
    assert loaded(["export", "--out", "x.xlsx"], tmp_path) & {"streamlit", "plotly", "pptx"} == set()
    assert loaded(["report", "--out", "x.xlsx"], tmp_path) & {"streamlit", "plotly", "pptx"} == set()
    assert loaded(["report", "--out", "x.pptx"], tmp_path) & {"streamlit", "plotly"} == set()
    assert loaded(["report", "--out", "x.html"], tmp_path) & {"streamlit", "pptx", "xlsxwriter"} == set()
