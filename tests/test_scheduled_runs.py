"""The record of scheduled captures: what came of each run, and when the next is expected."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from mimecast.domain.scheduled_runs import Run, RunOutcome, run_from_outcome, usual_interval
from mimecast.problem import Problem
from mimecast.store.database.tables import data_tables, runs
from mimecast.store.scheduled_runs import MAX_RUNS_KEPT, load_schedule_status, newest_runs, save_runs
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.stores.databases import EVERY_DATABASE

pytestmark = EVERY_DATABASE


def run_at(started: datetime, outcome: RunOutcome = RunOutcome.STORED, account: str = "contoso") -> Run:
    return Run(account, started, started + timedelta(seconds=2), outcome)


def test_each_run_is_recorded_with_what_came_of_it(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert command_line("snapshot", "--quiet", variables=account_variables).returncode == 0
    wrong = account_variables | {"MIMECAST_SECRET_KEY": "cmVjb2duaXNhYmxl"}
    assert command_line("snapshot", variables=wrong).returncode == 1
    failed, stored = newest_runs(Store.open(store_url), "default")
    assert (stored.outcome, stored.title, stored.message) == (RunOutcome.STORED, "", "")
    assert before <= stored.started <= stored.ended <= failed.started <= failed.ended <= datetime.now(UTC)
    assert (failed.outcome, failed.title) == (RunOutcome.FAILED, "Mimecast rejected the credentials")
    assert failed.message.startswith("Mimecast answered with status 401")
    with Store.open(store_url).reading() as connection:
        content = str([row for table in data_tables() for row in connection.execute(select(table))])
    assert "status 401" in content
    assert "cmVjb2duaXNhYmxl" not in content


def test_a_run_that_cannot_be_recorded_changes_nothing_of_the_capture(
    command_line: CommandLine, account_variables: dict[str, str], store: Store, store_url: str
) -> None:
    with store.writing() as connection:
        runs.drop(connection)
    done = command_line("snapshot", "--json", variables=account_variables)
    assert done.returncode == 0
    assert json.loads(done.stdout)["users_graded"] == 1204
    assert done.stderr.startswith("default: this run was not recorded: ")
    assert len(list(Store.open(store_url).all_snapshots("default"))) == 1


def test_the_newest_hundred_runs_of_an_account_are_kept(store: Store) -> None:
    save_runs(store, run_at(NOW, account="fabrikam"))
    for hour in range(MAX_RUNS_KEPT + 7):
        save_runs(store, run_at(NOW + timedelta(hours=hour)))
    stored_runs = newest_runs(store, "contoso", limit=1000)
    assert [run.started for run in stored_runs] == [
        NOW + timedelta(hours=hour) for hour in range(MAX_RUNS_KEPT + 6, 6, -1)
    ]
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(runs)).scalar_one() == MAX_RUNS_KEPT + 1


def test_a_problem_of_any_length_can_be_recorded(store: Store) -> None:
    save_runs(store, run_from_outcome("contoso", NOW, NOW, Problem("x" * 5000, title="y" * 500)))
    (run,) = newest_runs(store, "contoso")
    assert (run.title, run.message) == ("y" * 200, "x" * 1000)


def test_the_next_run_is_expected_after_the_usual_interval(store: Store) -> None:
    assert load_schedule_status(store, "contoso").last is None
    for day in range(5):
        save_runs(store, run_at(NOW + timedelta(days=day), RunOutcome.FAILED if day == 4 else RunOutcome.STORED))
        known = load_schedule_status(store, "contoso")
        assert known.last is not None
        assert known.last.started == NOW + timedelta(days=day)
        assert (known.interval is None) == (day < 3)
    assert known.last == run_at(NOW + timedelta(days=4), RunOutcome.FAILED)
    assert known.interval == timedelta(days=1)
    assert known.next_expected == NOW + timedelta(days=5)


@pytest.mark.parametrize(
    ("hours", "usual"),
    [
        ([0, 24, 48, 73, 97], 24),
        ([0, 0.001, 24, 24.002, 48, 48.001, 72], 24),
        ([0, 24, 48, 53.3, 72, 96, 120], 24),
        ([0, 24, 72, 96, 120, 144], 24),
        ([0, 1, 30, 100, 101], None),
        ([0, 24, 48], None),
        ([*range(0, 400, 24), *range(400, 500, 6)], 6),
    ],
    ids=["clocks change", "two machines", "once by hand", "a day missed", "by hand only", "too few", "changed"],
)
def test_the_usual_interval_is_what_most_runs_keep_to(hours: list[float], usual: float | None) -> None:
    interval = usual_interval([NOW + timedelta(hours=hour) for hour in reversed(hours)])
    assert interval == (None if usual is None else timedelta(hours=usual))
