"""What was acknowledged is there: after kills, with many writers, on a full disk, and in a read-only folder."""

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
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_iso_utc
from mimecast.reports.exports.text_files import write_csv
from mimecast.reports.snapshots.rows import snapshots_table
from mimecast.sandbox.server import Sandbox
from mimecast.settings.project import PROJECT
from mimecast.store.errors import StoreFull
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.exhaustive import is_exhaustive
from tests.support.processes import CommandLine, unprivileged
from tests.support.stores.files import is_sound, other_files, sqlite_path
from tests.support.stores.histories import history

KILLS = 26 if is_exhaustive() else 3
"""Of each of two verbs, in each of two processes that kill side by side."""

ROWS = 800
"""In the file that is imported while it is killed."""


# Killed


def many_accounts(sandbox: Sandbox, home: Path, ids: list[str]) -> None:
    keys = sandbox.keys
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(
        "\n".join(
            f'[mimecast.accounts.{account}]\nbase_url = "{sandbox.base_url}"\naccess_key = "{keys.access_key}"\n'
            f'secret_key = "{keys.secret_key}"\napp_id = "{keys.app_id}"\napp_key = "{keys.app_key}"\n'
            for account in ids
        )
    )


def kill_at_random(seed: int, jobs: list[list[str]], store_url: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "SNAPSHOTS_URL": store_url}
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.stores.random_kills"],
        input=json.dumps({"seed": seed, "kills": KILLS, "jobs": jobs}),
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_runs_that_are_killed_at_random_moments_lose_and_duplicate_nothing(
    sandbox: Sandbox, home: Path, store_url: str, tmp_path: Path, command_line: CommandLine
) -> None:
    """Each run has an account of its own, since a killed one keeps its lease for a while; all share one file."""
    names = {(seed, verb): [f"{verb}-{seed}-{n}" for n in range(KILLS * 8)] for seed in (1, 2) for verb in "si"}
    many_accounts(sandbox, home, list(itertools.chain(*names.values())))
    with (tmp_path / "history.csv").open("w", newline="") as out:
        write_csv(snapshots_table(history(ROWS)), out)
    file = str(tmp_path / "history.csv")

    def both(seed: int) -> list[dict[str, Any]]:
        snapshots = [["snapshot", "--json", "--account", name] for name in names[seed, "s"]]
        imports = [["import", file, "--json", "--account", name] for name in names[seed, "i"]]
        return kill_at_random(seed, snapshots, store_url) + kill_at_random(seed + 10, imports, store_url)

    with ThreadPoolExecutor() as pool:
        ended = list(itertools.chain(*pool.map(both, (1, 2))))
    killed = [run for run in ended if run["status"] == -signal.SIGKILL]
    assert len(killed) == 4 * KILLS
    assert {run["status"] for run in ended} == {0, -signal.SIGKILL}

    assert is_sound(sqlite_path(store_url))
    assert other_files(sqlite_path(store_url)) == []
    store = Store.open(store_url)
    for run in ended:
        account = run["arguments"][-1]
        stored = list(store.all_snapshots(account))
        if run["arguments"][0] == "snapshot":
            assert len(stored) <= 1
            for line in run["stdout"].splitlines():
                assert json.loads(line)["taken_at"] == format_iso_utc(stored[0].taken_at)
        else:
            assert len(stored) in ((ROWS,) if run["stdout"] else (0, ROWS))
    survivals = {bool(list(store.all_snapshots(run["arguments"][-1]))) for run in killed}
    if is_exhaustive():  # so many kills that some are before the commit and some after it
        assert survivals == {True, False}

    account = next(run["arguments"][-1] for run in killed if run["arguments"][0] == "import")
    repeated = command_line("import", file, "--account", account, variables={"SNAPSHOTS_URL": store_url})
    assert repeated.returncode == 0
    assert len(list(store.all_snapshots(account))) == ROWS


def test_a_run_that_is_killed_while_it_creates_the_store_leaves_a_store_that_works(
    account_variables: dict[str, str], project: Path, tmp_path: Path
) -> None:
    """Whole processes this time, from Python's start on; each begins without a file."""
    moments = random.Random(7)
    environment = {**os.environ, **account_variables, "PYTHONPATH": str(project)}
    command = [sys.executable, "-m", "mimecast", "snapshot"]
    for number in range(10 if is_exhaustive() else 3):
        url = f"sqlite:///{tmp_path / str(number)}/snapshots.db"
        with subprocess.Popen(
            command, env=environment | {"SNAPSHOTS_URL": url}, stdout=subprocess.PIPE, text=True
        ) as killed:
            time.sleep(moments.uniform(0.3, 1.2))
            killed.kill()
            output, _ = killed.communicate(timeout=60)
        store = Store.open(url)
        assert len(list(store.all_snapshots("default"))) in ((1,) if output else (0, 1))
        store.add(history(1))
        assert is_sound(sqlite_path(url))
        assert other_files(sqlite_path(url)) == []


# Many writers

WRITERS, SNAPSHOTS = (8, 500) if is_exhaustive() else (4, 50)

WRITER_PROGRAM = """
import sys
from mimecast.store.errors import StoreBusy
from mimecast.store.store import Store
from tests.support.stores.histories import history

def insist(work):
    while True:
        try:
            return work()
        except StoreBusy:
            continue

store = insist(lambda: Store.open(sys.argv[1]))
for snapshot in history(int(sys.argv[3]), sys.argv[2]):
    assert insist(lambda: store.add([snapshot])).new == 1
"""
"""Writes without a pause, and tries again when SQLite, whose lock has no queue, lets the others in for too long."""


def test_processes_that_write_to_one_file_at_the_same_time_lose_nothing(store_url: str) -> None:
    accounts = [f"writer-{number}" for number in range(WRITERS)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", WRITER_PROGRAM, store_url]
    writers = [subprocess.Popen([*command, account, str(SNAPSHOTS)], env=environment) for account in accounts]
    assert [writer.wait(timeout=300) for writer in writers] == [0] * WRITERS
    store = Store.open(store_url)
    assert store.accounts() == accounts
    for account in accounts:
        assert list(store.all_snapshots(account)) == history(SNAPSHOTS, account)
    assert is_sound(sqlite_path(store_url))


# No room, no permission


def test_a_full_disk_is_reported_and_what_was_stored_stays(store: Store, store_url: str) -> None:
    """SQLite's own limit on pages gives the answer that a full disk gives."""
    store.add(history(100))

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1").close()  # as many as there are

    event.listen(Engine, "connect", limit)
    try:
        with pytest.raises(StoreFull, match="There is no room left for ") as caught:
            store.add(history(2000, "fabrikam"))
    finally:
        event.remove(Engine, "connect", limit)
    assert "Free some space" in str(caught.value)
    reopened = Store.open(store_url)
    assert list(reopened.all_snapshots("default")) == history(100)
    assert reopened.accounts() == ["default"]
    assert reopened.add([Snapshot("default", NOW, ScoreCounts(1))]).new == 1


def limited_to(size: int) -> Callable[[], None]:
    """Limit the size in bytes of every file that a child process writes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize(
    ("verb", "room", "message"),
    [
        ("import", 40_000, "cannot be read or written. Look for a quota"),
        ("snapshot", 20_000, "There is no room left for"),
    ],
)
def test_a_file_that_may_not_grow_is_reported_and_what_was_stored_stays(
    account_variables: dict[str, str], project: Path, store_url: str, tmp_path: Path, verb: str, room: int, message: str
) -> None:
    """An import begins to write and cannot go on; 20,000 bytes do not even hold what SQLite needs to begin."""
    Store.open(store_url).add(history(100))
    before = sqlite_path(store_url).read_bytes()
    with (tmp_path / "big.csv").open("w", newline="") as out:
        write_csv(snapshots_table(history(3000)), out)
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
    assert message in done.stderr
    assert done.stderr.endswith("What was stored before is safe.\n")
    assert done.stderr.count("\n") == 1
    store = Store.open(store_url)
    assert list(store.all_snapshots("default")) == history(100)
    assert sqlite_path(store_url).read_bytes() == before
    assert is_sound(sqlite_path(store_url))
    assert other_files(sqlite_path(store_url)) == []


def test_a_snapshot_into_a_read_only_folder_reports_it_and_changes_nothing(
    account_variables: dict[str, str], project: Path, store_url: str, sandbox: Sandbox
) -> None:
    Store.open(store_url).add(history(3))
    file = sqlite_path(store_url)
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
        f"default: {file} cannot be written. Give the user who runs the dashboard write access to the store's file "
        "and its folder. What is stored is still shown.\n"
    )
    assert sandbox.answered_ids == [], "an answer that cannot be kept is not asked for"
    assert (file.read_bytes(), other_files(file)) == (before, [])
