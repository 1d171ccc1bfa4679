"""The status of all accounts: as each would be alone, and loaded in a few queries."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Select
from sqlalchemy.dialects import sqlite as dialect

from mimecast.api.errors import PermissionMissing
from mimecast.charts.accounts import Panel, accounts_chart
from mimecast.domain.account_status import WEEKS_SHOWN, AccountRecords, AccountStatus, assess_accounts, week_ends
from mimecast.domain.comparison import Comparison
from mimecast.domain.freshness import STALE_AFTER, Freshness
from mimecast.domain.normal_range import Verdict
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import RiskLevel, Snapshot
from mimecast.problem import Problem
from mimecast.store.account_status import load_account_records
from mimecast.store.comparisons import compare_back
from mimecast.store.database.group_commit import GroupCommit
from mimecast.store.database.queries import PlausibleInstants, ends_query, levels_in_range_query
from mimecast.store.normal_range import load_judged_change
from mimecast.store.scheduled_runs import last_runs_query, save_runs
from mimecast.store.store import Store
from mimecast.text.accounts import accounts_summary, reason_sentences
from mimecast.text.stamp import Stamp
from mimecast.ui.download_frames.accounts import accounts_frame, with_flat_weeks
from mimecast.ui.download_frames.grades import CSV_DEFINITIONS, to_csv
from tests.support.clock import NOW, TODAY
from tests.support.stores.databases import SQLITE_FIRST, SQLITE_ONLY
from tests.support.stores.statements import recorded_statements
from tests.support.waiting import wait_until

pytestmark = SQLITE_FIRST

ZONES = [ZoneInfo("UTC"), ZoneInfo("America/New_York")]
UTC_ZONE = ZONES[0]


def daily(account: str, days: int, *, ends: int = 0, gaps: tuple[int, ...] = (), rise: int = 0) -> list[Snapshot]:
    """Return a snapshot per day until `ends` days ago. Users at risk vary, and rose by `rise` a week ago."""
    return [
        Snapshot(
            account,
            NOW - timedelta(days=ago),
            ScoreCounts(700, 100, 100 - ago % 3, 60 + ago % 3, 40 + rise * (ago < 7)),
        )
        for ago in range(ends, days)
        if ago not in gaps
    ]


@pytest.fixture
def several(store: Store) -> Store:
    store.add(
        [
            *daily("long", 800),
            *daily("risen", 800, rise=90),
            *daily("short", 130),
            *daily("young", 10),
            *daily("stale", 500, ends=5),
            *daily("gaps", 500, gaps=tuple(range(60, 80))),
            *[Snapshot("no_one", NOW - timedelta(days=ago), ScoreCounts()) for ago in range(40)],
        ]
    )
    return store


NAMES = ("long", "risen", "short", "young", "stale", "gaps", "no_one", "empty")


def load_statuses(
    store: Store, zone: ZoneInfo = UTC_ZONE, accounts: Sequence[str] = NAMES, now: datetime = NOW
) -> dict[str, AccountStatus]:
    records = load_account_records(store, accounts, reporting_day(now, zone), zone)
    statuses = assess_accounts(accounts, records, {}, now)
    assert [status.account for status in statuses] == list(accounts)
    return {status.account: status for status in statuses}


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_each_account_has_the_status_that_it_has_alone(several: Store, zone: ZoneInfo) -> None:
    for account, status in load_statuses(several, zone).items():
        newest = several.newest(account)
        assert status.newest == newest
        if newest is None:
            assert (status.then, status.judged, status.change, status.weeks.since_last_gap) == (None, None, None, ())
            continue
        assert status.judged == load_judged_change(several, newest, zone)
        comparison = compare_back(several, newest, 30, zone)
        if isinstance(comparison, Comparison):
            assert status.then is not None
            assert status.then.taken_at == comparison.then.taken_at.timestamp()
            assert status.change == pytest.approx(comparison.change_in_points("at_risk"))
        else:
            assert (status.then, status.change) == (None, None)


def test_the_verdicts_differ_as_the_histories_do(several: Store) -> None:
    verdicts = {account: status.judged.verdict for account, status in load_statuses(several).items() if status.judged}
    assert verdicts["risen"] is Verdict.OUTSIDE
    assert verdicts["long"] is Verdict.WITHIN
    assert verdicts["short"] is verdicts["young"] is verdicts["no_one"] is Verdict.UNKNOWN


def test_weeks_end_today_and_the_line_begins_after_the_last_gap(several: Store) -> None:
    statuses = load_statuses(several)
    assert len(statuses["long"].weeks.levels) == WEEKS_SHOWN
    assert week_ends(TODAY)[-1] == TODAY
    assert week_ends(TODAY)[0] == TODAY - timedelta(days=7 * (WEEKS_SHOWN - 1))
    assert statuses["long"].weeks.levels[-1] == RiskLevel(int(NOW.timestamp()), 100, 999 + 1)
    assert len(statuses["long"].weeks.since_last_gap) == WEEKS_SHOWN
    assert [week is None for week in statuses["gaps"].weeks.levels].count(True) == 2
    assert len(statuses["gaps"].weeks.since_last_gap) == 9, "60 days are 8 whole weeks and a part of one"
    assert len(statuses["young"].weeks.since_last_gap) == 2
    assert len(statuses["stale"].weeks.since_last_gap) == WEEKS_SHOWN
    assert statuses["no_one"].weeks.since_last_gap == ()


def test_the_number_of_queries_does_not_grow_with_that_of_the_accounts(store: Store) -> None:
    def queries(accounts: list[str]) -> int:
        with recorded_statements() as statements:
            load_account_records(store, accounts, TODAY, UTC_ZONE)
        return sum(statement.startswith(("SELECT", "WITH")) for statement in statements)

    few, many = [f"few{index}" for index in range(2)], [f"many{index}" for index in range(60)]
    for account in (*few, *many):
        store.add([Snapshot(account, NOW - timedelta(days=ago), ScoreCounts(5, 4, 3, 2, 1)) for ago in (0, 30, 60)])
    assert queries(few) == queries(many) <= 17


ACCOUNTS = ["long", "short"]
BOUNDS = [(0, 0, 1_000), (1, 1_000, 2_000)]
PLAUSIBLE = PlausibleInstants(0, 1_500)


@SQLITE_ONLY
@pytest.mark.parametrize(
    "query",
    [
        ends_query(ACCOUNTS, PLAUSIBLE, newest=True),
        ends_query(ACCOUNTS, PLAUSIBLE, newest=False),
        levels_in_range_query(ACCOUNTS, BOUNDS, PLAUSIBLE),
        last_runs_query(ACCOUNTS),
    ],
    ids=["newest_of", "oldest_of", "risk_levels_in_each", "last_runs"],
)
def test_every_query_about_many_accounts_seeks(several: Store, query: Select[tuple[object, ...]]) -> None:
    compiled = query.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})
    with several.reading() as connection:
        plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    read_tables = [step for step in plan if "CONSTANT" not in step and step.startswith(("SCAN", "SEARCH"))]
    assert [step for step in read_tables if "snapshots" in step or "runs" in step or "inside" in step]
    assert not [step for step in read_tables if step.startswith("SCAN") and ("snapshots" in step or "runs" in step)]


def taken(hours: float) -> Snapshot:
    return Snapshot("long", NOW - timedelta(hours=hours), ScoreCounts(5, 4, 3, 2, 1))


def run(hours: float, outcome: RunOutcome = RunOutcome.FAILED) -> Run:
    at = NOW - timedelta(hours=hours)
    failed = outcome is RunOutcome.FAILED
    return Run("long", at, at, outcome, "Missing permission" if failed else "", "It said no." if failed else "")


@pytest.mark.parametrize(
    ("newest", "last_run", "problem", "freshness", "reason"),
    [
        (taken(1), None, None, Freshness.FRESH, ""),
        (taken(1), run(1, RunOutcome.STORED), None, Freshness.FRESH, ""),
        (taken(1), run(2), None, Freshness.FRESH, ""),
        (taken(2), run(1), None, Freshness.FAILING, "Missing permission: It said no."),
        (None, run(1), None, Freshness.FAILING, "Missing permission: It said no."),
        (taken(1), None, PermissionMissing("Not today."), Freshness.FAILING, "Missing permission: Not today."),
        (taken(35.9), None, None, Freshness.FRESH, ""),
        (taken(36), run(36, RunOutcome.STORED), None, Freshness.STALE, "The newest snapshot was taken 1 day ago."),
        (None, None, None, Freshness.EMPTY, "No snapshot has been taken yet."),
    ],
)
def test_the_freshness_says_whether_an_account_is_kept_up_to_date_and_why_not(
    newest: Snapshot | None, last_run: Run | None, problem: Problem | None, freshness: Freshness, reason: str
) -> None:
    assert timedelta(hours=36) == STALE_AFTER
    records = AccountRecords(
        newest={"long": newest} if newest else {},
        runs={"long": last_run} if last_run else {},
    )
    (status,) = assess_accounts(["long"], records, {"long": problem} if problem else {}, NOW)
    assert (status.freshness, reason_sentences(status, NOW, UTC_ZONE)) == (freshness, reason)


def test_the_summary_names_the_accounts_that_need_attention(several: Store) -> None:
    save_runs(several, Run("short", NOW, NOW, RunOutcome.FAILED, "Missing permission", "It said no."))
    names = {account: account.capitalize() for account in NAMES}
    statuses = load_statuses(several)
    assert accounts_summary(list(statuses.values()), names) == (
        "Risen: the share at risk rose by more than is normal (+7.4 points). Short: the last capture failed. "
        "Stale: no recent snapshot. Empty: no snapshot yet. 5 of 8 accounts are up to date."
    )
    assert accounts_summary([statuses["long"]], names) == (
        "All changes over 30 days are normal or cannot be judged yet. 1 of 1 account is up to date."
    )


def test_of_writes_that_are_put_together_each_has_its_own_result_and_its_own_failure(store: Store) -> None:
    sizes: list[int] = []
    first_is_in, go_on = threading.Event(), threading.Event()

    @contextmanager
    def transaction(durable: bool) -> Iterator[Connection]:
        with store.writing(durable=durable) as connection:
            sizes.append(0)
            yield connection

    writing = GroupCommit(transaction)
    results: dict[int, object] = {}

    def slow(connection: Connection) -> str:
        first_is_in.set()
        assert go_on.wait(60)
        return "slow"

    def write(index: int) -> None:
        def work(connection: Connection) -> int:
            sizes[-1] += 1
            if index == 3:
                raise Problem("The third is wrong.")
            return index

        try:
            results[index] = writing.submit(work, durable=False)
        except Problem as problem:
            results[index] = problem.message

    threads = [threading.Thread(target=lambda: writing.submit(slow, durable=True))]
    threads[0].start()
    assert first_is_in.wait(60)
    threads += [threading.Thread(target=write, args=(index,)) for index in range(6)]
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: writing.waiting == 6)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert results == {0: 0, 1: 1, 2: 2, 3: "The third is wrong.", 4: 4, 5: 5}


def test_writes_that_come_together_share_a_transaction(store: Store) -> None:
    transactions = 0
    first_is_in, go_on = threading.Event(), threading.Event()

    @contextmanager
    def transaction(durable: bool) -> Iterator[Connection]:
        nonlocal transactions
        transactions += 1
        with store.writing(durable=durable) as connection:
            yield connection

    writing = GroupCommit(transaction)

    def slow(connection: Connection) -> None:
        first_is_in.set()
        assert go_on.wait(60)

    threads = [threading.Thread(target=lambda: writing.submit(slow, durable=True))]
    threads[0].start()
    assert first_is_in.wait(60)
    threads += [
        threading.Thread(target=lambda: writing.submit(lambda connection: None, durable=True)) for _ in range(8)
    ]
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: writing.waiting == 8)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert transactions == 2


def labelled(statuses: Sequence[AccountStatus]) -> tuple[dict[str, Stamp], dict[str, str]]:
    """Return the stamps and the names of these accounts."""
    names = {status.account: status.account.capitalize() for status in statuses}
    stamps = {
        status.account: Stamp(names[status.account], status.newest, UTC_ZONE, NOW)
        for status in statuses
        if status.newest
    }
    return stamps, names


def panels(statuses: Sequence[AccountStatus], stamps: dict[str, Stamp], names: dict[str, str]) -> list[Panel]:
    return [
        panel
        for status in statuses
        if status.account in stamps
        and (panel := Panel(names[status.account], status.weeks, stamps[status.account])).has_share
    ]


def test_the_table_and_its_csv_hold_every_account_with_its_numbers(several: Store) -> None:
    statuses = list(load_statuses(several).values())
    frame = accounts_frame(statuses, *labelled(statuses), NOW, UTC_ZONE)
    assert list(frame["account"]) == list(NAMES)
    row = frame.set_index("account").loc["risen"]
    assert (row["users_graded"], row["at_risk"], row["at_risk_percent"]) == (1090, 190, pytest.approx(17.43, abs=0.01))
    assert row["verdict"] == "outside the normal range"
    assert row["compared_with"] == "2026-10-25T12:50:11Z"
    lines = to_csv(with_flat_weeks(frame)).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("account,name,source,taken_at,users_graded,at_risk,at_risk_percent,compared_with,")
    assert lines[-1].startswith("empty,Empty,,,,,,,,,")
    assert lines[-1].endswith(f",nothing yet,No snapshot has been taken yet.,{CSV_DEFINITIONS}")
    assert lines[-2].startswith("no_one,No_one,live from Mimecast,2026-11-24T12:50:11Z,0,0,,,,cannot be judged,")


def test_each_panel_has_a_name_that_stays_text_and_a_common_scale(several: Store) -> None:
    statuses = list(load_statuses(several).values())
    stamps, names = labelled(statuses)
    names["long"] = "<b>Long</b> $x$"
    chart = accounts_chart(panels(statuses, stamps, names), TODAY, file_name="accounts")
    spec = chart.figure.to_plotly_json()
    assert len(spec["data"]) == 6, "neither those without a snapshot nor those in which no one is graded"
    texts = [str(note["text"]) for note in spec["layout"]["annotations"]]
    assert texts[0] == "&lt;b&gt;Long&lt;/b&gt; &#36;x&#36;  <b>10.0%</b>"
    assert "6 accounts" in texts[-1]
    assert "taken between 19 Nov 2026, 12:50 UTC and 24 Nov 2026, 12:50 UTC" in texts[-1].replace("<br>", " ")
    assert "Risen 17.4% in the week to 24 Nov 2026, 10.0% in the week to 2 Dec 2025" in chart.alt
    gaps = next(panel for panel in spec["data"] if list(panel["y"]).count(None) == 2)
    assert gaps["connectgaps"] is False
    assert len({tuple(axis["range"]) for name, axis in spec["layout"].items() if name.startswith("yaxis")}) == 1


def test_hours_and_days_are_those_of_the_reporting_zone(store: Store) -> None:
    late = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # still the 23rd in New York
    store.add([Snapshot("long", late, ScoreCounts(5, 4, 3, 2, 1))])
    weeks = load_statuses(store, ZONES[1], ["long"], late + timedelta(minutes=5))["long"].weeks
    assert weeks.levels[-1] is not None
    assert weeks.levels[:-1] == (None,) * (WEEKS_SHOWN - 1)
