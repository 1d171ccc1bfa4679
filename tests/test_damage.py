"""A damaged store file is set aside as a whole and replaced; a file that is not damaged is left alone."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mimecast.settings.project import PROJECT
from mimecast.store.database.files.quarantine import quarantine_if_corrupt
from mimecast.store.errors import StoreDamaged, StoreNewer, StoreQuarantined
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.stores.files import is_sound, other_files, sqlite_path
from tests.support.stores.histories import history


def zero_a_page(content: bytearray) -> None:
    content[3 * 4096 : 4 * 4096] = bytes(4096)


def zero_the_first_page(content: bytearray) -> None:
    content[:4096] = bytes(4096)


def zero_everything(content: bytearray) -> None:
    content[:] = bytes(len(content))


def spoil_the_header(content: bytearray) -> None:
    content[:100] = random.Random(1).randbytes(100)


def spoil_the_schema(content: bytearray) -> None:
    at = content.index(b"CREATE TABLE snapshots")
    content[at : at + 22] = b"CREATE TABLE {}{}{}{}{"


def spoil_many_pages(content: bytearray) -> None:
    content[4096:] = random.Random(2).randbytes(len(content) - 4096)


def cut_short(content: bytearray) -> None:
    del content[len(content) // 2 :]


def cut_to_the_header(content: bytearray) -> None:
    del content[60:]


DAMAGES = (zero_a_page, zero_the_first_page, zero_everything, spoil_the_header, spoil_the_schema, spoil_many_pages,
           cut_short, cut_to_the_header)  # fmt: skip


@pytest.fixture
def damaged(store: Store, store_url: str) -> Callable[[Callable[[bytearray], None]], bytes]:
    """Stores 1,000 snapshots and damages the file; gives what is in it then."""

    def make(how: Callable[[bytearray], None]) -> bytes:
        store.add(history(1000))
        content = bytearray(sqlite_path(store_url).read_bytes())
        how(content)
        sqlite_path(store_url).write_bytes(content)
        return bytes(content)

    return make


@pytest.mark.parametrize("how", DAMAGES, ids=lambda how: how.__name__)
def test_a_damaged_file_is_set_aside_and_the_store_goes_on(
    store_url: str, damaged: Callable[..., bytes], how: Callable[[bytearray], None]
) -> None:
    content = damaged(how)
    store = Store.open(store_url)
    assert store.accounts() == []
    store.add(history(3))
    (aside,) = other_files(sqlite_path(store_url))
    assert aside.startswith("snapshots.db.damaged-20")
    assert (sqlite_path(store_url).parent / aside).read_bytes() == content
    again = Store.open(store_url)
    assert list(again.all_snapshots("default")) == history(3)
    assert other_files(sqlite_path(store_url)) == [aside]
    assert aside in str(again.quarantined)


def test_what_was_set_aside_is_named_by_every_run_until_it_is_moved_away(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, damaged: Callable[..., bytes]
) -> None:
    damaged(zero_a_page)
    done = command_line("snapshot", variables=account_variables)
    assert done.returncode == 0
    assert done.stdout.startswith("default: 1,204 users graded")
    file = sqlite_path(store_url)
    (aside,) = other_files(file)
    assert done.stderr.startswith(f"{file} was found to be damaged on ")
    assert (
        f"The damaged file is kept as {aside} in the same folder, and a new store was created. Restore a backup"
        in done.stderr
    )
    assert done.stderr.count("\n") == 1
    again = command_line("snapshot", "--quiet", variables=account_variables)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", done.stderr)
    (file.parent / aside).unlink()
    assert command_line("snapshot", "--quiet", variables=account_variables).stderr == ""


def test_the_log_of_a_damaged_file_goes_with_it(store: Store, store_url: str) -> None:
    store.add(history(1000))
    file = sqlite_path(store_url)
    log = killed_with_a_log(store_url)
    content = bytearray(file.read_bytes())
    spoil_many_pages(content)
    file.write_bytes(content)
    Store.open(store_url)
    main, wal = other_files(file)
    assert (file.parent / main).read_bytes() == content
    assert wal == f"{main}-wal"
    assert (file.parent / wal).read_bytes() == log


def killed_with_a_log(store_url: str) -> bytes:
    """Commits 30 single snapshots in a process that is killed before SQLite takes them from the log into the file."""
    script = (
        "import os, signal, sys\nfrom mimecast.store.store import Store\n"
        "from tests.support.stores.histories import history\n"
        "store = Store.open(sys.argv[1])\n"
        "with store.hold_connection():\n"
        "    for one in history(30, 'fabrikam'): store.add([one])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script, store_url], env=environment, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    return Path(f"{sqlite_path(store_url)}-wal").read_bytes()


def test_a_sound_log_of_a_killed_process_is_taken_in(store: Store, store_url: str) -> None:
    store.add(history(5))
    assert len(killed_with_a_log(store_url)) > 4096
    reopened = Store.open(store_url)
    assert list(reopened.all_snapshots("fabrikam")) == history(30, "fabrikam")
    assert reopened.quarantined is None
    assert other_files(sqlite_path(store_url)) == []


@pytest.mark.parametrize("frame", [None, 1, 20], ids=["header", "first frame", "a frame in the middle"])
def test_of_a_damaged_log_everything_before_the_damage_is_kept(store: Store, store_url: str, frame: int | None) -> None:
    """SQLite drops the rest without an error; the documentation says that this cannot be detected."""
    store.add(history(5))
    spoilt = bytearray(killed_with_a_log(store_url))
    at = 10 if frame is None else 32 + frame * (24 + 4096) + 2000
    spoilt[at] ^= 0xFF
    file = sqlite_path(store_url)
    Path(f"{file}-wal").write_bytes(spoilt)
    reopened = Store.open(store_url)
    assert list(reopened.all_snapshots("default")) == history(5)
    stored = list(reopened.all_snapshots("fabrikam"))
    assert stored == history(30, "fabrikam")[: len(stored)] != history(30, "fabrikam")
    assert reopened.add(history(30, "fabrikam")).new == 30 - len(stored)
    assert other_files(file) == []
    assert is_sound(file)


def test_a_log_that_ends_in_a_write_that_was_killed_is_no_damage(store: Store, store_url: str) -> None:
    store.add(history(5))
    log = killed_with_a_log(store_url)
    Path(f"{sqlite_path(store_url)}-wal").write_bytes(log[:-3000])
    reopened = Store.open(store_url)
    assert (
        list(reopened.all_snapshots("fabrikam")) == history(29, "fabrikam")
        or len(list(reopened.all_snapshots("fabrikam"))) == 29
    )
    assert reopened.quarantined is None


def test_of_several_processes_one_sets_the_file_aside(store_url: str, damaged: Callable[..., bytes]) -> None:
    """And none takes the fresh file for the damaged one."""
    content = damaged(zero_a_page)
    script = (
        "import sys\nfrom mimecast.store.store import Store\nfrom tests.support.stores.histories import history\n"
        "store = Store.open(sys.argv[1])\n"
        "for one in history(20, sys.argv[2]): store.add([one])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    running = [
        subprocess.Popen([sys.executable, "-c", script, store_url, f"writer-{number}"], env=environment)
        for number in range(4)
    ]
    assert [process.wait(timeout=100) for process in running] == [0] * 4
    (aside,) = other_files(sqlite_path(store_url))
    assert (sqlite_path(store_url).parent / aside).read_bytes() == content
    store = Store.open(store_url)
    assert [len(list(store.all_snapshots(f"writer-{number}"))) for number in range(4)] == [20] * 4


def test_a_second_damage_does_not_cover_the_first(store: Store, store_url: str) -> None:
    file = sqlite_path(store_url)
    contents = []
    for rows in (500, 600, 700):
        Store.open(store_url).add(history(rows))
        content = bytearray(file.read_bytes())
        cut_short(content)
        file.write_bytes(content)
        contents.append(bytes(content))
        quarantine_if_corrupt(file, now=NOW)
    names = other_files(file)
    assert names == [f"snapshots.db.damaged-2026-11-24T125011Z{number}" for number in ("", ".2", ".3")]
    assert [(file.parent / name).read_bytes() for name in names] == contents
    problem = Store.open(store_url).quarantined
    assert isinstance(problem, StoreQuarantined)
    assert (
        "was found to be damaged on 24 Nov 2026, 12:50 UTC. The damaged file is kept as snapshots.db.damaged-2026"
        in str(problem)
    )


def test_a_damaged_file_that_cannot_be_renamed_is_named_and_left(
    store_url: str, damaged: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = damaged(zero_a_page)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StoreDamaged, match="is damaged and cannot be set aside: Permission denied"):
        Store.open(store_url)
    assert sqlite_path(store_url).read_bytes() == content
    assert other_files(sqlite_path(store_url)) == ["snapshots.db.lock"]


CHARACTERS = {
    "a letter": b"Dear all, this is not a database. " * 100,
    "a letter about one": b"CREATE TABLE schema_version (version INTEGER);\n" * 100,
    "a picture": b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(5000),
    "a short file": b"\x00" * 100,
}


@pytest.mark.parametrize("content", CHARACTERS.values(), ids=CHARACTERS)
def test_what_is_no_database_of_ours_is_named_and_left(
    command_line: CommandLine, account_variables: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "letter.txt"
    file.write_bytes(content)
    done = command_line("snapshot", variables=account_variables | {"SNAPSHOTS_URL": f"sqlite:///{file}"})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{file} is damaged, or is not a SQLite database. Replace it with a backup")
    assert (file.read_bytes(), other_files(file)) == (content, [])


def test_tables_that_only_a_newer_sqlite_reads_are_no_damage(store_url: str, damaged: Callable[..., bytes]) -> None:
    def newer(content: bytearray) -> None:
        spoil_the_schema(content)
        content[96:100] = (9_001_000).to_bytes(4)

    content = damaged(newer)
    with pytest.raises(StoreDamaged):
        Store.open(store_url)
    assert (sqlite_path(store_url).read_bytes(), other_files(sqlite_path(store_url))) == (content, [])


def test_a_store_of_a_newer_version_is_refused_and_not_one_byte_changes(
    command_line: CommandLine, account_variables: dict[str, str], store: Store, store_url: str
) -> None:
    store.add(history(10))
    with closing(sqlite3.connect(sqlite_path(store_url))) as connection, connection:
        connection.execute("INSERT INTO schema_version VALUES (99, '2030-01-01T00:00:00Z')")
    before = sqlite_path(store_url).read_bytes()
    for arguments in (["snapshot"], ["export"]):
        done = command_line(*arguments, variables=account_variables)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("The store has version 99; this dashboard knows versions up to ")
        assert done.stderr.endswith("Update the dashboard. The store was not changed.\n")
    with pytest.raises(StoreNewer):
        Store.open(store_url)
    assert (sqlite_path(store_url).read_bytes(), other_files(sqlite_path(store_url))) == (before, [])


def test_looking_for_damage_leaves_a_sound_file_alone(store: Store, store_url: str) -> None:
    store.add(history(1000))
    before = sqlite_path(store_url).read_bytes()
    quarantine_if_corrupt(sqlite_path(store_url), now=NOW)
    assert (sqlite_path(store_url).read_bytes(), other_files(sqlite_path(store_url))) == (before, [])
