"""Files of a SQLite store: only for their owner, erased when asked to, and named where they cannot be reached."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mimecast.settings.project import PROJECT
from mimecast.store.annotations.notes import delete_note, write_note
from mimecast.store.database.files.quarantine import quarantine
from mimecast.store.maintenance.backup import write_backup
from mimecast.store.maintenance.transfer import copy_store
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY
from tests.support.exhaustive import every_nth
from tests.support.processes import CommandLine, assert_failed, unprivileged
from tests.support.stores.contents import fill_every_table, snapshot_after
from tests.support.stores.files import sqlite_path
from tests.support.stores.histories import history


@pytest.fixture(autouse=True)
def permissive_umask() -> Iterator[None]:
    """Let new files be readable by everyone, unless the product says otherwise."""
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


# Permissions


def test_a_new_store_its_log_and_its_index_are_for_their_owner_only(store_url: str) -> None:
    store = Store.open(store_url)
    with store.hold_connection():
        store.add(history(3))
        files = sorted(sqlite_path(store_url).parent.iterdir())
        assert [file.name for file in files] == ["snapshots.db", "snapshots.db-shm", "snapshots.db-wal"]
        assert {mode(file) for file in files} == {0o600}


def test_an_existing_store_keeps_its_permissions(store: Store, store_url: str) -> None:
    file = sqlite_path(store_url)
    file.chmod(0o660)
    store = Store.open(store_url)
    with store.hold_connection():
        store.add(history(3))
        assert {mode(path) for path in file.parent.iterdir()} == {0o660}
    quarantined = quarantine(file, now=NOW)
    assert (mode(file), mode(quarantined)) == (0o660, 0o660), "the file that takes its place is shared likewise"


def test_a_new_backup_is_for_its_owner_only_and_one_that_is_replaced_keeps_its_permissions(
    store: Store, tmp_path: Path
) -> None:
    fill_every_table(store)
    write_backup(store, tmp_path / "new.db")
    assert mode(tmp_path / "new.db") == 0o600
    (tmp_path / "shared.db").write_bytes(b"an older one")
    (tmp_path / "shared.db").chmod(0o640)
    write_backup(store, tmp_path / "shared.db")
    assert mode(tmp_path / "shared.db") == 0o640


def test_a_copy_is_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    fill_every_table(store)
    copy_store(store, Store.open(f"sqlite:///{tmp_path / 'copy.db'}"))
    assert mode(tmp_path / "copy.db") == 0o600


def test_a_backup_never_replaces_what_is_not_a_file(store: Store, command_line: CommandLine, store_url: str) -> None:
    fill_every_table(store)
    run = command_line("backup", "/dev/full", variables={"SNAPSHOTS_URL": store_url})
    assert_failed(run, 1, "/dev/full cannot be written: It is not a regular file.")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize(
    ("of_file", "of_folder", "message"),
    [
        (0o600, 0o755, ""),
        (0o644, 0o775, ""),
        (0o600, 0o1777, ""),
        (
            0o660,
            0o755,
            "snapshots.db can be changed by other users of this computer. Let only its owner write it: chmod go-w",
        ),
        (0o602, 0o755, "snapshots.db can be changed by other users"),
        (0o600, 0o777, "snapshots.db can be replaced by other users of this computer, who can write to its folder."),
    ],
)
def test_check_names_a_store_that_others_may_change(
    command_line: CommandLine,
    account_variables: dict[str, str],
    store_url: str,
    of_file: int,
    of_folder: int,
    message: str,
) -> None:
    Store.open(store_url).add(history(1))
    sqlite_path(store_url).chmod(of_file)
    sqlite_path(store_url).parent.chmod(of_folder)
    checked = command_line("check", variables=account_variables)
    assert checked.returncode == 0
    (line,) = [line for line in checked.stdout.splitlines() if line.startswith("✓ Store: ")]
    assert message in line
    assert ("other users" in line) == bool(message)


# Deleted notes


def test_a_deleted_note_is_erased_from_the_file_with_any_build_of_sqlite(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep_deleted_rows(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA secure_delete=OFF").close()

    event.listen(Engine, "connect", keep_deleted_rows)
    try:
        store = Store.open(store_url)
        text = "Anna's account was phished"
        note = write_note(store, "default", TODAY, text, author="", now=NOW, today=TODAY).after
        assert note is not None
        assert text in stored_bytes(store_url)
        delete_note(store, note)
        assert text not in stored_bytes(store_url)
    finally:
        event.remove(Engine, "connect", keep_deleted_rows)


def stored_bytes(store_url: str) -> str:
    """Return the content of every file in the store's folder."""
    return "".join(file.read_bytes().decode("latin-1") for file in sqlite_path(store_url).parent.iterdir())


# Folders that may not be entered


@pytest.fixture
def closed_folder(store: Store, store_url: str, tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a store, without the permission to enter it."""
    fill_every_table(store)
    write_backup(store, tmp_path / "kept.db")
    folder = sqlite_path(store_url).parent
    folder.chmod(0o600)
    yield folder
    folder.chmod(0o755)


def run_unprivileged(
    *arguments: str, variables: dict[str, str], folder: Path, project: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        unprivileged([sys.executable, "-m", "mimecast", *arguments]),
        capture_output=True,
        text=True,
        env={**os.environ, **variables, "PYTHONPATH": str(project)},
        cwd=folder,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    every_nth(
        [
            "snapshot",
            "check",
            "export",
            "import months.csv",
            "report --out r.html",
            "backup b.db",
            "restore kept.db",
            "restore kept.db --force",
            "restore kept.db --merge",
            "rename default contoso",
            "remove 2026-11-24T12:50:11Z --yes",
            "copy SOURCE COPY",
            "copy KEPT SOURCE",
        ],
        3,
    ),
)
def test_a_store_in_a_folder_that_may_not_be_entered_is_named_by_every_command(
    arguments: str, closed_folder: Path, account_variables: dict[str, str], project: Path, tmp_path: Path
) -> None:
    (tmp_path / "months.csv").write_text("account,taken_at,a,b,c,d,f,other\ndefault,2026-01-31T12:00:00Z,1,2,3,4,5,0\n")
    urls = {"SOURCE": account_variables["SNAPSHOTS_URL"]}
    urls |= {name.upper(): f"sqlite:///{tmp_path / f'{name}.db'}" for name in ("kept", "copy")}
    done = run_unprivileged(
        *(urls.get(argument, argument) for argument in arguments.split()),
        variables=account_variables,
        folder=tmp_path,
        project=project,
    )
    assert_failed(
        done, 1, f"{closed_folder / 'snapshots.db'} cannot be accessed: Permission denied. Let the user who runs"
    )


@pytest.mark.parametrize("arguments", ["backup closed/b.db", "restore closed/b.db", "restore closed/b.db --force"])
def test_a_backup_in_a_folder_that_may_not_be_entered_is_named(
    arguments: str, store: Store, store_url: str, project: Path, tmp_path: Path
) -> None:
    store.add([snapshot_after(0)])
    closed = tmp_path / "closed"
    closed.mkdir()
    write_backup(store, closed / "b.db")
    closed.chmod(0o600)
    done = run_unprivileged(
        *arguments.split(), variables={"SNAPSHOTS_URL": store_url}, folder=tmp_path, project=project
    )
    closed.chmod(0o755)
    assert_failed(done, 1, "closed/b.db cannot be ", "Permission denied")


PAGE = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60)
app.secrets["connections"] = {"snapshots": {"url": sys.argv[2]}}
app.secrets["mimecast"] = {"client_id": "a", "client_secret": "a", "base_url": "http://127.0.0.1:9"}
app.run()
assert not app.exception, app.exception
print([warning.value for warning in app.warning], [info.value for info in app.info])
"""


def test_a_store_in_a_folder_that_may_not_be_entered_is_named_on_pages(
    closed_folder: Path, account_secrets: dict[str, Any], project: Path, tmp_path: Path
) -> None:
    url = account_secrets["connections"]["snapshots"]["url"]
    done = subprocess.run(
        unprivileged([sys.executable, "-c", PAGE, str(project / "app.py"), url]),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "cannot be accessed\\\\: Permission denied" in done.stdout, done.stdout
    assert closed_folder.exists()
