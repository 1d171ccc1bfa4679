"""Moving a store from one database to another, through the command line: every row, compared, or nothing."""

from __future__ import annotations

import json
import os
import pty
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from sqlalchemy import func, select

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.store.database.tables import data_tables, leases, runs
from mimecast.store.errors import CopyVerificationFailed
from mimecast.store.leases import Lease
from mimecast.store.maintenance import rows as rows_module
from mimecast.store.maintenance.transfer import copy_store
from mimecast.store.scheduled_runs import newest_runs, save_runs
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine, assert_failed
from tests.support.stores.histories import history
from tests.support.stores.postgresql_cluster import PASSWORD

KINDS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite"), ("postgresql", "postgresql")]


@pytest.fixture
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """Return the URLs to copy from and to: by default from a file to a server, the usual direction."""
    kinds = getattr(request, "param", KINDS[0])
    created_urls = []
    for number, kind in enumerate(kinds):
        file = f"sqlite:///{tmp_path / f'store-{number}.db'}"
        created_urls.append(file if kind == "sqlite" else request.getfixturevalue("cluster").create_schema())
    return created_urls[0], created_urls[1]


def filled(url: str, rows: int = 2500) -> Store:
    """Fill a store with unusual values in every table, and return it."""
    store = Store.open(url)
    store.add(history(rows))
    store.add([Snapshot("Zürich_b", NOW, ScoreCounts(1, 2, 3, 4, 5, 6), Source.IMPORTED, "EX")])
    store.add([Snapshot(name, NOW, ScoreCounts(2**60)) for name in ("a-b", "ab", "B")])
    save_runs(store, *map(run_at, range(120)))
    save_runs(store, Run("a-b", NOW, NOW, RunOutcome.FAILED, "“Odd” 'title'", "100% \\ of\nit; -- 🙈"))
    assert Lease(store, "default").acquire()
    return store


def run_at(hour: int) -> Run:
    return Run("default", NOW + timedelta(hours=hour), NOW + timedelta(hours=hour, seconds=9), RunOutcome.STORED)


def content(url: str) -> dict[str, set[tuple[Any, ...]]]:
    with Store.open(url).reading() as connection:
        return {table.name: {tuple(row) for row in connection.execute(select(table))} for table in data_tables()}


def failed(done: CompletedProcess[str], status: int, *messages: str) -> None:
    assert_failed(done, status, *messages)
    assert "recognisable" not in done.stdout + done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("urls", KINDS, ids=" to ".join, indirect=True)
def test_a_copy_has_every_row_and_the_original_keeps_them(urls: tuple[str, str], command_line: CommandLine) -> None:
    source, target = urls
    filled(source)
    before = content(source)
    done = command_line("copy", *urls)
    assert (done.returncode, done.stderr) == (0, "")
    assert "compared row by row. Rows: 101 in runs and 2,504 in snapshots." in done.stdout
    assert "recognisable" not in done.stdout
    assert content(target) == content(source) == before
    assert {len(rows) for rows in before.values()} >= {2504, 101}


@pytest.mark.parametrize("urls", KINDS[:2], ids=" to ".join, indirect=True)
def test_the_copy_goes_on_where_the_original_ended(urls: tuple[str, str], command_line: CommandLine) -> None:
    filled(urls[0], rows=10)
    assert command_line("copy", *urls, "--quiet").returncode == 0
    copy = Store.open(urls[1])
    save_runs(copy, run_at(500))
    assert newest_runs(copy, "default", limit=1) == [run_at(500)]
    assert copy.add(history(11)).new == 1
    with copy.reading() as connection:
        assert connection.execute(select(func.count()).select_from(leases)).scalar_one() == 0


def test_there_and_back_again_is_the_same(urls: tuple[str, str], command_line: CommandLine, tmp_path: Path) -> None:
    filled(urls[0])
    again = f"sqlite:///{tmp_path / 'again.db'}"
    assert command_line("copy", *urls).returncode == 0
    assert command_line("copy", urls[1], again).returncode == 0
    assert content(again) == content(urls[0])


def test_it_reports_as_json_or_not_at_all(urls: tuple[str, str], command_line: CommandLine, tmp_path: Path) -> None:
    filled(urls[0], rows=10)
    (line,) = command_line("copy", *urls, "--json").stdout.splitlines()
    report = json.loads(line)
    assert report["rows"] == {**dict.fromkeys((table.name for table in data_tables()), 0), "snapshots": 14, "runs": 101}
    assert (report["from"], report["compared"]) == (urls[0].removeprefix("sqlite:///"), True)
    assert report["to"].startswith("postgresql://dashboard@127.0.0.1:")
    quiet = command_line("copy", urls[0], f"sqlite:///{tmp_path / 'quiet.db'}", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


@pytest.mark.parametrize("quiet", [[], ["--quiet"]], ids=["reporting", "quiet"])
def test_a_terminal_sees_it_progress(urls: tuple[str, str], project: Path, tmp_path: Path, quiet: list[str]) -> None:
    filled(urls[0])
    mine, terminal = pty.openpty()
    command = [sys.executable, "-m", "mimecast", "copy", urls[0], f"sqlite:///{tmp_path / 'other.db'}", *quiet]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=terminal, timeout=60, check=True)
    os.write(terminal, b"|")
    seen = ""
    while "|" not in seen:
        seen += os.read(mine, 100_000).decode()
    os.close(mine)
    os.close(terminal)
    assert ("Copying and comparing: 100%" in seen) == (not quiet)
    assert seen.endswith("|" if quiet else "\r|"), "the line is gone afterwards"


@pytest.mark.parametrize("urls", KINDS[:2], ids=" to ".join, indirect=True)
def test_a_store_with_anything_in_it_is_not_copied_into(urls: tuple[str, str], command_line: CommandLine) -> None:
    filled(urls[0], rows=10)
    save_runs(Store.open(urls[1]), run_at(0))
    before = content(urls[1])
    failed(command_line("copy", *urls), 1, "holds runs already", "Copy into an empty database")
    assert content(urls[1]) == before


@pytest.mark.parametrize("urls", KINDS[:2], ids=" to ".join, indirect=True)
def test_where_nothing_is_nothing_is_copied_and_nothing_made(urls: tuple[str, str], command_line: CommandLine) -> None:
    failed(command_line("copy", *urls), 1, "There is no store at ", "Check the URL.")
    failed(command_line("copy", *reversed(urls)), 1, "There is no store at ")
    for url in urls:
        assert not Path(url.removeprefix("sqlite:///")).exists()
    Store.open(urls[0])
    failed(command_line("copy", *urls), 1, "holds nothing to copy", "Check the first URL.")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("recognisable", "TO_URL is not a database URL"),
        ("sqlite://", "TO_URL names a store in memory"),
        ("mysql://me:recognisable@host/db", "TO_URL: The store's URL names a kind of database"),
        ("postgresql://me:p@recognisable@host/db", "TO_URL: The store's URL contains more than one @"),
    ],
)
def test_a_wrong_url_is_wrong_usage(store_url: str, command_line: CommandLine, wrong: str, message: str) -> None:
    failed(command_line("copy", store_url, wrong), 2, message)


def test_the_urls_can_come_from_the_environment_where_no_other_user_sees_them(
    urls: tuple[str, str], command_line: CommandLine
) -> None:
    filled(urls[0], rows=10)
    failed(command_line("copy"), 2, "FROM_URL is missing. Give it as an argument or in SNAPSHOTS_URL.")
    failed(command_line("copy", urls[0]), 2, "TO_URL is missing. Give it as an argument or in SNAPSHOTS_TARGET_URL.")
    wrong = {"SNAPSHOTS_URL": urls[0], "SNAPSHOTS_TARGET_URL": "recognisable"}
    failed(command_line("copy", variables=wrong), 2, "SNAPSHOTS_TARGET_URL is not a database URL")
    done = command_line("copy", variables={"SNAPSHOTS_URL": urls[0], "SNAPSHOTS_TARGET_URL": urls[1]})
    assert (done.returncode, done.stderr) == (0, "")
    assert content(urls[1]) == content(urls[0])


@pytest.mark.parametrize("size", [40_000, 160_000], ids=["no tables", "some rows"])
def test_a_target_that_has_no_room_is_named_and_stays_empty(
    urls: tuple[str, str], project: Path, tmp_path: Path, size: int
) -> None:
    filled(urls[0], rows=9000)
    target = tmp_path / "small.db"
    done = subprocess.run(
        [sys.executable, "-m", "mimecast", "copy", urls[0], f"sqlite:///{target}"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(project)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        timeout=60,
        check=False,
    )
    failed(done, 1, str(target), "What was stored before is safe.")
    assert not any(content(f"sqlite:///{target}").values())


def test_the_same_store_twice_is_wrong_usage(store_url: str, command_line: CommandLine) -> None:
    failed(command_line("copy", store_url, store_url), 2, "name the same store")


def test_a_damaged_original_is_named_and_left_unchanged(urls: tuple[str, str], command_line: CommandLine) -> None:
    filled(urls[0])
    file = Path(urls[0].removeprefix("sqlite:///"))
    content_before = bytearray(file.read_bytes())
    content_before[8192:-4096] = b"\xaa" * (len(content_before) - 12288)
    file.write_bytes(content_before)
    failed(command_line("copy", *urls), 1, f"{file} is damaged", "The file was not changed")
    assert file.read_bytes() == content_before
    assert not any(content(urls[1]).values())


def test_a_password_is_needed_and_never_shown(urls: tuple[str, str], command_line: CommandLine) -> None:
    filled(urls[0], rows=10)
    wrong = urls[1].replace("recognisable", "recognisable-too")
    failed(command_line("copy", urls[0], wrong), 1, "rejected the login of the user dashboard")
    without = urls[1].replace(urls[1].partition("dashboard")[2].partition("@")[0], "")
    failed(command_line("copy", urls[0], without), 1, "rejected the login of the user dashboard")
    assert command_line("copy", urls[0], without, variables={"PGPASSWORD": PASSWORD}).returncode == 0


@pytest.mark.parametrize("urls", KINDS[:2], ids=" to ".join, indirect=True)
def test_a_copy_that_reads_differently_is_taken_back(urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = filled(urls[0]), Store.open(urls[1])

    def spoil(connection: Any, table: Any) -> None:
        if table is runs:
            connection.execute(runs.update().where(runs.c.account == "a-b").values(ended=runs.c.ended + 1))

    monkeypatch.setattr(rows_module, "advance_sequence", spoil)
    with pytest.raises(CopyVerificationFailed, match="A row of runs reads differently"):
        copy_store(source, target)
    assert not any(content(urls[1]).values())


@pytest.mark.parametrize("kind", ["lost", "added"])
def test_a_row_too_few_or_too_many_is_noticed(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    source, target = filled(urls[0], rows=997), Store.open(urls[1])
    last = history(997)[-1]

    def spoil(connection: Any, table: Any) -> None:
        snapshots = next(table for table in data_tables() if table.name == "snapshots")
        if table is snapshots:
            key = (snapshots.c.account == "default", snapshots.c.taken_at == int(last.taken_at.timestamp()))
            change = snapshots.delete().where(*key) if kind == "lost" else snapshots.update().values(account="x")
            connection.execute(change if kind == "lost" else _doubled(snapshots))

    monkeypatch.setattr(rows_module, "advance_sequence", spoil)
    with pytest.raises(CopyVerificationFailed):
        copy_store(source, target)
    assert not any(content(urls[1]).values())


def _doubled(table: Any) -> Any:
    others = [column for column in table.c if column.name != "account"]
    rows = select(func.concat(table.c.account, "~"), *others).where(table.c.account == "ab")
    return table.insert().from_select(["account", *(column.name for column in others)], rows)


@pytest.mark.parametrize("urls", KINDS[:2], ids=" to ".join, indirect=True)
def test_writes_to_the_original_during_a_copy_do_not_disturb(urls: tuple[str, str]) -> None:
    source, target = filled(urls[0]), Store.open(urls[1])
    other = Store.open(urls[0])
    late = [Snapshot("in_the_meantime", NOW, ScoreCounts(1))]

    def in_the_meantime(done: int, of: int) -> None:
        other.add(late)

    copied = copy_store(source, target, in_the_meantime)
    assert copied["snapshots"] == 2504
    assert (target.accounts(), other.newest("in_the_meantime")) == (["B", "Zürich_b", "a-b", "ab", "default"], late[0])
