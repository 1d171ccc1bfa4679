"""The architecture: layers, folders, and what a command loads."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.settings.project import PROJECT
from mimecast.store.store import Store
from tests.support.exhaustive import every_nth

MODULES = sorted((PROJECT / "mimecast").rglob("*.py"))

LEAVES = {"problem", "formatting", "files"}
"""Modules that everything may import and that import nothing of ours."""

MAY_IMPORT = {
    "problem": set[str](),
    "formatting": set[str](),
    "files": set[str](),
    "palette": {"domain"},
    "domain": set[str](),
    "api": {"domain"},
    "text": {"domain"},
    "store": {"domain"},
    "settings": {"api", "domain"},
    "notify": {"domain", "palette", "reports", "settings", "store", "text"},
    "charts": {"domain", "palette", "text"},
    "capture": {"api", "settings", "store", "domain"},
    "reports": {"charts", "store", "domain", "palette", "text"},
    "sandbox": {"api", "settings", "store", "domain"},
    "ui": {"api", "capture", "charts", "domain", "palette", "reports", "sandbox", "settings", "store", "text"},
    "cli": {"api", "capture", "charts", "domain", "notify", "reports", "sandbox", "settings", "store", "text"},
}
"""Packages of `mimecast`, and the packages that each may import besides itself and the leaves."""

MAX_MODULES_IN_A_FOLDER = 15

TEST_FILES = sorted((PROJECT / "tests").rglob("*.py"))


@cache
def imported(file: Path) -> list[str]:
    """Return the dotted names of everything a file imports, wherever in it."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def dotted(file: Path) -> str:
    """Return the name under which a file is imported."""
    parts = file.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(file: Path, modules: set[str]) -> set[str]:
    """Return the modules among `modules` that a file imports, whole or a name of them."""
    names = imported(file)
    return {name if name in modules else name.rpartition(".")[0] for name in names} & modules


def package(dotted_name: str) -> str:
    return dotted_name.split(".")[1]


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_imports_point_downwards_and_only_ui_imports_streamlit(file: Path) -> None:
    if file.parent == PROJECT / "mimecast" and file.stem in ("__init__", "__main__"):
        return
    mine = package(dotted(file))
    names = imported(file)
    if mine != "ui":
        assert not [name for name in names if name.split(".")[0] == "streamlit"]
    ours = [name for name in names if name.startswith("mimecast.")]
    assert {package(name) for name in ours} - {mine} - LEAVES <= MAY_IMPORT[mine]
    assert not [name for name in ours if name.rpartition(".")[2].startswith("_")], "a private name of another module"


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {dotted(file) for file in MODULES}
    graph = {dotted(file): imported_modules(file, names) - {dotted(file)} for file in MODULES}
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


def test_rules_import_the_standard_library_only() -> None:
    for file in (PROJECT / "mimecast" / "domain").rglob("*.py"):
        roots = {module.split(".")[0] for module in imported(file)}
        assert roots <= {"mimecast", *sys.stdlib_module_names}, file


def test_folders_stay_small_enough_to_find_ones_way() -> None:
    counts = Counter(file.parent for file in MODULES if file.name != "__init__.py")
    assert {folder: count for folder, count in counts.items() if count > MAX_MODULES_IN_A_FOLDER} == {}


@pytest.mark.parametrize(("folder", "other"), [("bench", "tests"), ("tests", "bench")])
def test_measurements_and_tests_do_not_import_each_other(folder: str, other: str) -> None:
    for file in sorted((PROJECT / folder).rglob("*.py")):
        roots = {name.split(".")[0] for name in imported(file)}
        assert other not in roots, file


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_tests_share_code_through_support_and_fixtures_only(file: Path) -> None:
    own = [name for name in imported(file) if name.split(".")[0] == "tests"]
    assert [name for name in own if not name.startswith("tests.support.")] == []


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_tests_import_public_names_of_the_product_only(file: Path) -> None:
    names = [name for name in imported(file) if name.startswith("mimecast.")]
    assert [name for name in names if name.rpartition(".")[2].startswith("_")] == []


@pytest.mark.parametrize(
    "page", [PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))], ids=lambda page: page.name
)
def test_pages_are_thin_and_begin_the_same_way(page: Path) -> None:
    source = page.read_text()
    assert re.search(r"^ *page = begin(_without_data)?\(", source, re.MULTILINE)
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(source.splitlines()) < 80


def loaded(arguments: list[str], folder: Path, variables: dict[str, str]) -> set[str]:
    """Return the heavy libraries that a command has loaded, run in a folder with a store of one snapshot."""
    script = (
        "import sys\n"
        "from mimecast.__main__ import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    print()\n"
        "heavy = {'streamlit', 'pandas', 'plotly', 'numpy', 'pptx', 'xlsxwriter', 'apprise'}\n"
        "print('LOADED', *sorted(heavy & set(sys.modules)))\n"
    )
    environment = variables | {
        "PYTHONPATH": str(PROJECT),
        "HOME": str(folder),
        "SNAPSHOTS_URL": f"sqlite:///{folder}/s.db",
    }
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
    every_nth([["snapshot"], ["-h"], ["export", "--out", "x.csv"], ["import", "x.csv"], ["backup", "x.db"],
     ["restore", "x.db"], ["rename", "a", "b"], ["remove", "2026-11-24T03:00:00Z"]], 3),
)  # fmt: skip
def test_the_command_line_starts_without_the_heavy_libraries(
    arguments: list[str], tmp_path: Path, account_variables: dict[str, str]
) -> None:
    assert loaded(arguments, tmp_path, account_variables) == set()


PAGES_RUN = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
for page in ("history", "compare", "campaigns", "report"):
    assert not app.exception, app.exception
    app.switch_page(f"pages/{page}.py").run()
print("LOADED", *sorted({"pandas", "pyarrow"} & set(sys.modules)))
"""


def test_pages_of_charts_start_without_pandas(project: Path, tmp_path: Path) -> None:
    """It would add more than half to a server's memory."""
    done = subprocess.run(
        [sys.executable, "-c", PAGES_RUN, str(project / "app.py")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "HOME": str(tmp_path)},
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["LOADED"], done.stderr


@pytest.mark.parametrize(
    ("command", "file", "unwanted"),
    [("export", "x.xlsx", {"streamlit", "plotly", "pptx"}),
     ("report", "x.xlsx", {"streamlit", "plotly", "pptx"}),
     ("report", "x.pptx", {"streamlit", "plotly"}),
     ("report", "x.html", {"streamlit", "pptx", "xlsxwriter"})],
)  # fmt: skip
def test_a_file_loads_only_what_it_is_made_with(
    command: str, file: str, unwanted: set[str], tmp_path: Path, account_variables: dict[str, str]
) -> None:
    assert loaded([command, "--out", file], tmp_path, account_variables) & unwanted == set()


UI_FILES = [
    PROJECT / "app.py",
    *sorted((PROJECT / "pages").glob("*.py")),
    *sorted((PROJECT / "mimecast" / "ui").rglob("*.py")),
]


def unguarded_actions(file: Path) -> list[str]:
    """Return the calls of a file that hand Streamlit a callback or a fragment without the guard."""
    actions = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change", "on_select", "on_submit"):
            value = node.value
            is_guarded = isinstance(value, ast.Call) and ast.unparse(value.func) == "guard"
            if not (isinstance(value, ast.Constant) or is_guarded):
                actions.append(f"{node.arg}={ast.unparse(value)}")
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("st.fragment", "st.dialog", "st.download_button"):
            actions.append(ast.unparse(node))
    return actions


@pytest.mark.parametrize("file", UI_FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_every_callback_and_fragment_is_guarded(file: Path) -> None:
    expected = ["st.fragment"] if file.name == "guard.py" else []
    assert unguarded_actions(file) == expected
