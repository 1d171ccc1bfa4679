"""What was acknowledged is there: after kills, with many writers, on a full disk, in a read-only folder, and beside a
file that was damaged."""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy import event

from mimecast.exports.interchange import text_of, write_csv
from mimecast.history import damage
from mimecast.history.damage import LogSetAside, StoreSetAside, set_damage_aside
from mimecast.history.database import StoreDamaged, StoreFull, StoreNewer
from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Store
from mimecast.sandbox.server import Sandbox
from mimecast.scores import ScoreCounts
from mimecast.settings import PROJECT
from tests.conftest import NOW
from tests.histories import history
from tests.unprivileged import unprivileged

CommandLine = Callable[..., CompletedProcess[str]]

KILLS = 26
"""Of each of two verbs, in each of two processes that kill side by side."""

ROWS = 800
"""In the file that is imported while it is killed."""


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def is_whole(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def beside(file: Path) -> list[str]:
    """Names in the store's folder but its own, sorted; SQLite's log and index come and go."""
    own = {file.name, f"{file.name}-wal", f"{file.name}-shm"}
    return sorted(one.name for one in file.parent.iterdir() if one.name not in own)


# Killed


def many_accounts(sandbox: Sandbox, home: Path, ids: list[str]) -> None:
    keys = sandbox.keys
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(
        "\n".join(
            f'[mimecast.accounts.{one}]\nbase_url = "{sandbox.base_url}"\naccess_key = "{keys.access_key}"\n'
            f'secret_key = "{keys.secret_key}"\napp_id = "{keys.app_id}"\napp_key = "{keys.app_key}"\n'
            for one in ids
        )
    )


def kill_at_random(seed: int, jobs: list[list[str]], store_url: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "SNAPSHOTS_URL": store_url}
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing"],
        input=json.dumps({"seed": seed, "kills": KILLS, "jobs": jobs}),
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_runs_that_are_killed_at_random_moments_lose_and_double_nothing(
    sandbox: Sandbox, nobodys_settings: Path, store_url: str, tmp_path: Path, command_line: CommandLine
) -> None:
    """Each run has an account of its own, since a killed one keeps its lease for a while; all share one file."""
    names = {(seed, verb): [f"{verb}-{seed}-{n}" for n in range(KILLS * 8)] for seed in (1, 2) for verb in "si"}
    many_accounts(sandbox, nobodys_settings, list(itertools.chain(*names.values())))
    with (tmp_path / "history.csv").open("w", newline="") as out:
        write_csv(history(ROWS), out)
    file = str(tmp_path / "history.csv")

    def both(seed: int) -> list[dict[str, Any]]:
        snapshots = [["snapshot", "--json", "--account", name] for name in names[seed, "s"]]
        imports = [["import", file, "--json", "--account", name] for name in names[seed, "i"]]
        return kill_at_random(seed, snapshots, store_url) + kill_at_random(seed + 10, imports, store_url)

    with ThreadPoolExecutor() as pool:
        ended = list(itertools.chain(*pool.map(both, (1, 2))))
    killed = [one for one in ended if one["status"] == -signal.SIGKILL]
    assert len(killed) == 4 * KILLS >= 100
    assert {one["status"] for one in ended} == {0, -signal.SIGKILL}

    assert is_whole(file_of(store_url))
    assert beside(file_of(store_url)) == []
    store = Store.open(store_url)
    for one in ended:
        account = one["arguments"][-1]
        stored = list(store.every(account))
        if one["arguments"][0] == "snapshot":
            assert len(stored) <= 1
            for line in one["said"].splitlines():
                assert json.loads(line)["taken_at"] == text_of(stored[0].taken_at)
        else:
            assert len(stored) in ((ROWS,) if one["said"] else (0, ROWS))
    came_through = {bool(list(store.every(one["arguments"][-1]))) for one in killed}
    assert came_through == {True, False}, "kills before and after the commit"

    again = next(one["arguments"][-1] for one in killed if one["arguments"][0] == "import")
    done = command_line("import", file, "--account", again, variables={"SNAPSHOTS_URL": store_url})
    assert done.returncode == 0
    assert len(list(store.every(again))) == ROWS


def test_a_run_that_is_killed_while_it_makes_the_store_leaves_one_that_works(
    account_variables: dict[str, str], project: Path, tmp_path: Path
) -> None:
    """Whole processes this time, from Python's start on; each begins without a file."""
    moments = random.Random(7)
    environment = {**os.environ, **account_variables, "PYTHONPATH": str(project)}
    command = [sys.executable, "-m", "mimecast", "snapshot"]
    for number in range(10):
        url = f"sqlite:///{tmp_path / str(number)}/snapshots.db"
        with subprocess.Popen(
            command, env=environment | {"SNAPSHOTS_URL": url}, stdout=subprocess.PIPE, text=True
        ) as killed:
            time.sleep(moments.uniform(0.3, 1.2))
            killed.kill()
            said, _ = killed.communicate(timeout=20)
        store = Store.open(url)
        assert len(list(store.every("default"))) in ((1,) if said else (0, 1))
        store.add(history(1))
        assert is_whole(file_of(url))
        assert beside(file_of(url)) == []


# Many writers

WRITES_500 = """
import sys
from mimecast.history.store import Store
from tests.histories import history
store = Store.open(sys.argv[1])
for one in history(500, sys.argv[2]):
    assert store.add([one]).new == 1
"""


def test_eight_processes_write_500_snapshots_each_to_one_file(store_url: str) -> None:
    writers = [f"writer-{number}" for number in range(8)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    running = [subprocess.Popen([sys.executable, "-c", WRITES_500, store_url, one], env=environment) for one in writers]
    assert [one.wait(timeout=300) for one in running] == [0] * 8
    store = Store.open(store_url)
    assert store.accounts() == writers
    for writer in writers:
        assert list(store.every(writer)) == history(500, writer)
    assert is_whole(file_of(store_url))


# No room, no permission


def test_a_full_disk_is_said_and_what_was_stored_stays(store: Store, store_url: str) -> None:
    """SQLite's own limit on pages gives the answer that a full disk gives."""
    store.add(history(100))

    @event.listens_for(store._engine, "connect")
    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1").close()  # as many as there are

    with pytest.raises(StoreFull, match="There is no room left for ") as caught:
        store.add(history(2000, "fabrikam"))
    assert "Free some space" in str(caught.value)
    reopened = Store.open(store_url)
    assert list(reopened.every("default")) == history(100)
    assert reopened.accounts() == ["default"]
    assert reopened.add([Snapshot("default", NOW, ScoreCounts(1))]).new == 1


def limited_to(size: int) -> Callable[[], None]:
    """For a child process: no file may grow beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize(
    ("verb", "room", "said"),
    [
        ("import", 40_000, "cannot be read or written. Look for a quota"),
        ("snapshot", 20_000, "There is no room left for"),
    ],
)
def test_a_file_that_may_not_grow_is_said_and_what_was_stored_stays(
    account_variables: dict[str, str], project: Path, store_url: str, tmp_path: Path, verb: str, room: int, said: str
) -> None:
    """An import begins to write and cannot go on; 20,000 bytes do not even hold what SQLite needs to begin."""
    Store.open(store_url).add(history(100))
    before = file_of(store_url).read_bytes()
    with (tmp_path / "big.csv").open("w", newline="") as out:
        write_csv(history(3000), out)
    arguments = ["import", str(tmp_path / "big.csv")] if verb == "import" else ["snapshot"]
    done = subprocess.run(
        [sys.executable, "-m", "mimecast", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **account_variables, "PYTHONPATH": str(project)},
        preexec_fn=limited_to(room),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.endswith("What was stored before is safe.\n")
    assert done.stderr.count("\n") == 1
    store = Store.open(store_url)
    assert list(store.every("default")) == history(100)
    assert file_of(store_url).read_bytes() == before
    assert is_whole(file_of(store_url))
    assert beside(file_of(store_url)) == []


def test_a_snapshot_into_a_read_only_folder_says_so_and_changes_nothing(
    account_variables: dict[str, str], project: Path, store_url: str, sandbox: Sandbox
) -> None:
    Store.open(store_url).add(history(3))
    file = file_of(store_url)
    before = file.read_bytes()
    file.parent.chmod(0o555)
    try:
        done = subprocess.run(
            unprivileged([sys.executable, "-m", "mimecast", "snapshot"]),
            capture_output=True,
            text=True,
            env={**os.environ, **account_variables, "PYTHONPATH": str(project)},
            timeout=60,
            check=False,
        )
    finally:
        file.parent.chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"default: {file} cannot be written. Let the user who runs the dashboard write the store's file and its "
        "folder. What is stored is still shown.\n"
    )
    assert sandbox.requests_seen == [], "an answer that cannot be kept is not asked for"
    assert (file.read_bytes(), beside(file)) == (before, [])


# Damaged


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
        content = bytearray(file_of(store_url).read_bytes())
        how(content)
        file_of(store_url).write_bytes(content)
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
    (aside,) = beside(file_of(store_url))
    assert aside.startswith("snapshots.db.damaged-20")
    assert (file_of(store_url).parent / aside).read_bytes() == content
    again = Store.open(store_url)
    assert list(again.every("default")) == history(3)
    assert beside(file_of(store_url)) == [aside]
    assert aside in str(again.set_aside)


def test_what_was_set_aside_is_named_by_every_run_until_it_is_moved_away(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, damaged: Callable[..., bytes]
) -> None:
    damaged(zero_a_page)
    done = command_line("snapshot", variables=account_variables)
    assert done.returncode == 0
    assert done.stdout.startswith("default: 1,204 users graded")
    file = file_of(store_url)
    (aside,) = beside(file)
    assert done.stderr.startswith(f"{file} was found damaged on ")
    assert f"it is kept as {aside} beside it, and the history began anew. Put a backup back" in done.stderr
    assert done.stderr.count("\n") == 1
    again = command_line("snapshot", "--quiet", variables=account_variables)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", done.stderr)
    (file.parent / aside).unlink()
    assert command_line("snapshot", "--quiet", variables=account_variables).stderr == ""


def test_the_log_of_a_damaged_file_goes_with_it(store: Store, store_url: str) -> None:
    store.add(history(1000))
    file = file_of(store_url)
    log = killed_with_a_log(store_url)
    content = bytearray(file.read_bytes())
    spoil_many_pages(content)
    file.write_bytes(content)
    Store.open(store_url)
    main, kept = beside(file)
    assert (file.parent / main).read_bytes() == content
    assert kept == f"{main}-wal"
    assert (file.parent / kept).read_bytes() == log


def killed_with_a_log(store_url: str) -> bytes:
    """Commits 30 single snapshots in a process that is killed before SQLite takes them from the log into the file."""
    script = (
        "import os, signal, sys\nfrom mimecast.history.store import Store\n"
        "from tests.histories import history\n"
        "store = Store.open(sys.argv[1])\n"
        "with store._engine.connect() as connection:\n"
        "    connection.exec_driver_sql('SELECT 1 FROM snapshots').fetchall()\n"
        "    for one in history(30, 'fabrikam'): store.add([one])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script, store_url], env=environment, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    return Path(f"{file_of(store_url)}-wal").read_bytes()


def test_a_sound_log_of_a_killed_process_is_taken_in(store: Store, store_url: str) -> None:
    store.add(history(5))
    assert len(killed_with_a_log(store_url)) > 4096
    reopened = Store.open(store_url)
    assert list(reopened.every("fabrikam")) == history(30, "fabrikam")
    assert reopened.set_aside is None
    assert beside(file_of(store_url)) == []


@pytest.mark.parametrize("frame", [None, 1, 20], ids=["header", "first frame", "a frame in the middle"])
def test_a_damaged_log_is_kept_before_sqlite_drops_it(store: Store, store_url: str, frame: int | None) -> None:
    store.add(history(5))
    spoilt = bytearray(killed_with_a_log(store_url))
    at = 10 if frame is None else 32 + frame * (24 + 4096) + 2000
    spoilt[at] ^= 0xFF
    file = file_of(store_url)
    Path(f"{file}-wal").write_bytes(spoilt)
    for _ in range(2):
        reopened = Store.open(store_url)
        assert list(reopened.every("default")) == history(5)
        stored = list(reopened.every("fabrikam"))
        assert stored == history(30, "fabrikam")[: len(stored)] != history(30, "fabrikam")
        (aside,) = beside(file)
        assert aside.startswith("snapshots.db-wal.damaged-20")
        assert (file.parent / aside).read_bytes() == spoilt
        assert isinstance(reopened.set_aside, LogSetAside)
        assert aside in str(reopened.set_aside)
    assert is_whole(file)


def test_a_log_that_ends_in_a_write_that_was_killed_is_no_damage(store: Store, store_url: str) -> None:
    store.add(history(5))
    log = killed_with_a_log(store_url)
    Path(f"{file_of(store_url)}-wal").write_bytes(log[:-3000])
    reopened = Store.open(store_url)
    assert list(reopened.every("fabrikam")) == history(29, "fabrikam") or len(list(reopened.every("fabrikam"))) == 29
    assert reopened.set_aside is None


def test_of_several_processes_one_sets_the_file_aside(store_url: str, damaged: Callable[..., bytes]) -> None:
    """And none takes the fresh file for the damaged one."""
    content = damaged(zero_a_page)
    script = (
        "import sys\nfrom mimecast.history.store import Store\nfrom tests.histories import history\n"
        "store = Store.open(sys.argv[1])\n"
        "for one in history(20, sys.argv[2]): store.add([one])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    running = [
        subprocess.Popen([sys.executable, "-c", script, store_url, f"writer-{number}"], env=environment)
        for number in range(4)
    ]
    assert [one.wait(timeout=100) for one in running] == [0] * 4
    (aside,) = beside(file_of(store_url))
    assert (file_of(store_url).parent / aside).read_bytes() == content
    store = Store.open(store_url)
    assert [len(list(store.every(f"writer-{number}"))) for number in range(4)] == [20] * 4


def test_a_second_damage_does_not_cover_the_first(store: Store, store_url: str) -> None:
    file = file_of(store_url)
    kept = []
    for rows in (500, 600, 700):
        Store.open(store_url).add(history(rows))
        content = bytearray(file.read_bytes())
        cut_short(content)
        file.write_bytes(content)
        kept.append(bytes(content))
        set_damage_aside(file, now=NOW)
    names = beside(file)
    assert names == [f"snapshots.db.damaged-2026-11-24T125011Z{number}" for number in ("", ".2", ".3")]
    assert [(file.parent / name).read_bytes() for name in names] == kept
    said = Store.open(store_url).set_aside
    assert isinstance(said, StoreSetAside)
    assert "was found damaged on 24 Nov 2026, 12:50 UTC; it is kept as snapshots.db.damaged-2026" in str(said)


def test_a_damaged_file_that_cannot_be_renamed_is_named_and_left(
    store_url: str, damaged: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = damaged(zero_a_page)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StoreDamaged, match="is damaged and cannot be set aside: Permission denied"):
        Store.open(store_url)
    assert file_of(store_url).read_bytes() == content
    assert beside(file_of(store_url)) == ["snapshots.db.lock"]


LETTERS = {
    "a letter": b"Dear all, this is not a database. " * 100,
    "a letter about one": b"CREATE TABLE schema_version (version INTEGER);\n" * 100,
    "a picture": b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(5000),
    "a short file": b"\x00" * 100,
}


@pytest.mark.parametrize("content", LETTERS.values(), ids=LETTERS)
def test_what_is_no_database_of_ours_is_named_and_left(
    command_line: CommandLine, account_variables: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "letter.txt"
    file.write_bytes(content)
    done = command_line("snapshot", variables=account_variables | {"SNAPSHOTS_URL": f"sqlite:///{file}"})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{file} is damaged, or is not a SQLite database. Put a backup in its place")
    assert (file.read_bytes(), beside(file)) == (content, [])


def test_tables_that_only_a_newer_sqlite_reads_are_no_damage(store_url: str, damaged: Callable[..., bytes]) -> None:
    def newer(content: bytearray) -> None:
        spoil_the_schema(content)
        content[96:100] = (9_001_000).to_bytes(4)

    content = damaged(newer)
    with pytest.raises(StoreDamaged):
        Store.open(store_url)
    assert (file_of(store_url).read_bytes(), beside(file_of(store_url))) == (content, [])


def test_a_store_of_a_newer_version_is_refused_and_not_one_byte_changes(
    command_line: CommandLine, account_variables: dict[str, str], store: Store, store_url: str
) -> None:
    store.add(history(10))
    with closing(sqlite3.connect(file_of(store_url))) as connection, connection:
        connection.execute("INSERT INTO schema_version VALUES (99, '2030-01-01T00:00:00Z')")
    before = file_of(store_url).read_bytes()
    for arguments in (["snapshot"], ["export"]):
        done = command_line(*arguments, variables=account_variables)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("The store has version 99; this dashboard knows up to version ")
        assert done.stderr.endswith("Update the dashboard. The store was not changed.\n")
    with pytest.raises(StoreNewer):
        Store.open(store_url)
    assert (file_of(store_url).read_bytes(), beside(file_of(store_url))) == (before, [])


def test_looking_for_damage_leaves_a_sound_file_alone(store: Store, store_url: str) -> None:
    store.add(history(1000))
    before = file_of(store_url).read_bytes()
    assert damage._is_sound(file_of(store_url))
    assert file_of(store_url).read_bytes() == before
