"""A secrets file that others can read or change is named, with the remedy, on every page and by every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mimecast.sandbox.server import Sandbox
from mimecast.settings.file_permissions import exposed_files
from mimecast.settings.project import PROJECT
from tests.support.exhaustive import every_nth
from tests.support.processes import CommandLine

READ = "Others can read the secrets"
CHANGE = "Others can change the secrets"


@pytest.fixture
def file(home: Path) -> Path:
    file = home / ".streamlit" / "secrets.toml"
    file.parent.mkdir()
    file.touch()
    return file


@pytest.mark.parametrize(
    ("mode", "titles"),
    [
        (0o600, []),
        (0o400, []),
        (0o640, [READ]),
        (0o604, [READ]),
        (0o644, [READ]),
        (0o620, [CHANGE]),
        (0o602, [CHANGE]),
        (0o666, [READ, CHANGE]),
    ],
)
def test_only_a_file_that_others_can_read_or_change_is_named(file: Path, mode: int, titles: list[str]) -> None:
    file.chmod(mode)
    assert [problem.title for problem in exposed_files([file, file.with_name("none.toml")])] == titles


@pytest.mark.parametrize(
    ("mode", "titles"), [(0o755, []), (0o775, []), (0o1777, []), (0o777, [CHANGE]), (0o702, [CHANGE])]
)
def test_a_file_that_others_can_replace_is_named(file: Path, mode: int, titles: list[str]) -> None:
    file.chmod(0o600)
    file.parent.chmod(mode)
    problems = exposed_files([file])
    assert [problem.title for problem in problems] == titles
    assert all(f"chmod go-w {file.parent}" in problem.remedy for problem in problems)


def test_the_remedy_can_be_pasted_for_any_folder_name(tmp_path: Path) -> None:
    file = tmp_path / "it's here; really.toml"
    file.touch(mode=0o644)
    (problem,) = exposed_files([file])
    assert problem.remedy.endswith("""it'"'"'s here; really.toml'""")


def test_every_command_that_reads_it_reports_it_on_stderr_and_does_its_work(
    command_line: CommandLine, file: Path, sandbox: Sandbox, store_url: str
) -> None:
    keys = sandbox.keys
    file.write_text(
        f'[mimecast]\nbase_url = "{sandbox.base_url}"\naccess_key = "{keys.access_key}"\n'
        f'secret_key = "{keys.secret_key}"\napp_id = "{keys.app_id}"\napp_key = "{keys.app_key}"\n'
    )
    for verb in (["snapshot", "--json"], ["check", "--json"], ["export", "--format", "json"]):
        file.chmod(0o644)
        done = command_line(*verb, variables={"SNAPSHOTS_URL": store_url})
        warning = f"{file} can be read by other users of this computer. Let only its owner read it: chmod 600 {file}\n"
        assert (done.returncode, done.stderr) == (0, warning)
        assert all(json.loads(line) for line in done.stdout.splitlines())
        file.chmod(0o600)
        assert command_line(*verb, variables={"SNAPSHOTS_URL": store_url}).stderr == ""


@pytest.mark.parametrize(
    "page", every_nth(["app.py", *(f"pages/{script.name}" for script in sorted((PROJECT / "pages").glob("*.py")))], 4)
)
@pytest.mark.usefixtures("isolated_pages")
def test_every_page_reports_it(project: Path, page: str, file: Path) -> None:
    def titles(mode: int) -> list[str]:
        file.chmod(mode)
        app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
        app.switch_page(page).run()
        assert not app.exception
        return [alert.proto.title for alert in app.warning]

    assert titles(0o644) == [READ]
    assert titles(0o622) == [CHANGE]
    assert titles(0o600) == []
