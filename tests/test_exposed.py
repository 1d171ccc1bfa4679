"""A secrets file that others can read is named, with the remedy, on every page and by every command that reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mimecast.sandbox.server import Sandbox
from mimecast.settings.file_permissions import readable_by_others
from mimecast.settings.project import PROJECT
from tests.support.processes import CommandLine


@pytest.fixture
def file(home: Path) -> Path:
    made = home / ".streamlit" / "secrets.toml"
    made.parent.mkdir()
    made.touch()
    return made


@pytest.mark.parametrize(
    ("mode", "named"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o644, True), (0o620, False)]
)
def test_only_a_file_that_others_can_read_is_named(file: Path, mode: int, named: bool) -> None:
    file.chmod(mode)
    assert len(readable_by_others([file, file.with_name("none.toml")])) == named


def test_the_remedy_can_be_pasted_whatever_the_folder_is_called(tmp_path: Path) -> None:
    file = tmp_path / "it's here; really.toml"
    file.touch(mode=0o644)
    (problem,) = readable_by_others([file])
    assert problem.remedy.endswith("""it'"'"'s here; really.toml'""")


def test_every_command_that_reads_it_says_so_on_stderr_and_does_its_work(
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
        said = f"{file} can be read by other users of this computer. Keep it to yourself: chmod 600 {file}\n"
        assert (done.returncode, done.stderr) == (0, said)
        assert all(json.loads(line) for line in done.stdout.splitlines())
        file.chmod(0o600)
        assert command_line(*verb, variables={"SNAPSHOTS_URL": store_url}).stderr == ""


@pytest.mark.parametrize("page", ["app.py", *(f"pages/{one.name}" for one in sorted((PROJECT / "pages").glob("*.py")))])
@pytest.mark.usefixtures("isolated_pages")
def test_every_page_says_so(project: Path, page: str, file: Path) -> None:
    def titles(mode: int) -> list[str]:
        file.chmod(mode)
        app = AppTest.from_file(str(project / "app.py"), default_timeout=30)
        app.switch_page(page).run()
        assert not app.exception
        return [alert.proto.title for alert in app.warning]

    assert titles(0o644) == ["Others can read the secrets"]
    assert titles(0o600) == []
