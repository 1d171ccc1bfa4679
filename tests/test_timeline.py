"""Timelines: reporting days, the last snapshot of each period, gaps, and a limited number of points."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.domain.reporting_days import (
    EARLIEST_DAY,
    MAX_LINE_POINTS,
    MAX_MIX_COLUMNS,
    DayRange,
    Resolution,
    choose_resolution,
    count_periods,
    is_plausible_day,
    latest_day,
    midnight,
    periods,
    reporting_day,
)
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import known_values
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.text.timelines import coverage, empty_range_sentence, resolution_sentence
from tests.support.clock import later
from tests.support.stores.databases import EVERY_DATABASE, SQLITE_ONLY
from tests.support.stores.statements import recorded_statements

pytestmark = EVERY_DATABASE

UTC_ZONE = ZoneInfo("UTC")


def at(text: str, *counts: int) -> Snapshot:
    return Snapshot("contoso", datetime.fromisoformat(text).replace(tzinfo=UTC), ScoreCounts(*counts))


def known(values: Sequence[float | None]) -> list[float]:
    return [value for _, value in known_values(values)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("Asia/Beirut", date(2022, 3, 27), 23),
        ("America/Santiago", date(2026, 9, 6), 23),
        ("America/Santiago", date(2026, 4, 4), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Asia/Kathmandu", date(2026, 12, 31), 24),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_when_clocks_change(zone: str, day: date, hours: int) -> None:
    zone_info = ZoneInfo(zone)
    low, high = DayRange(day, day, zone_info).bounds
    assert high - low == timedelta(hours=hours)
    assert low.astimezone(zone_info).date() == day
    assert (low - timedelta(seconds=1)).astimezone(zone_info).date() == day - timedelta(days=1)
    assert (high - timedelta(seconds=1)).astimezone(zone_info).date() == day


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Santiago", date(2026, 9, 6)),
        ("Asia/Beirut", date(2026, 3, 29)),
        ("Europe/London", date(2026, 3, 29)),
        ("Europe/London", date(2026, 10, 25)),
    ],
)
def test_hourly_snapshots_around_a_change_of_the_clocks_each_count_for_the_day_the_wall_shows(
    store: Store, zone: str, day: date
) -> None:
    zone_info = ZoneInfo(zone)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    taken = [
        Snapshot("contoso", noon + timedelta(minutes=30 * half), ScoreCounts(half + 96)) for half in range(-96, 96)
    ]
    store.add(taken)
    timeline = load_timeline(store, "contoso", DayRange(day - timedelta(days=1), day + timedelta(days=1), zone_info))
    last = {reporting_day(snapshot.taken_at, zone_info): snapshot.counts.a for snapshot in taken}
    shown = [day - timedelta(days=1), day, day + timedelta(days=1)]
    assert list(timeline.periods) == shown
    assert timeline.users("A") == [last[shown_day] for shown_day in shown]
    assert (timeline.days, timeline.days_covered, timeline.gaps()) == (3, 3, [])


def test_a_day_that_a_zone_skipped_is_neither_a_gap_nor_counted(store: Store) -> None:
    samoa = ZoneInfo("Pacific/Apia")
    store.add([at("2011-12-30T09:30", 1), at("2011-12-30T10:30", 2)])  # 29 Dec at 23:30, then 31 Dec at 00:30
    timeline = load_timeline(store, "contoso", DayRange(date(2011, 12, 29), date(2011, 12, 31), samoa))
    assert [str(period) for period in timeline.periods] == ["2011-12-29", "2011-12-31"]
    assert timeline.users("A") == [1, 2]
    assert timeline.gaps() == []
    assert coverage(timeline) == "2 of 2 days have a snapshot"
    by_week = load_timeline(
        store, "contoso", DayRange(date(2011, 12, 26), date(2012, 1, 1), samoa), finest=Resolution.WEEK
    )
    assert (by_week.users("A"), by_week.days, by_week.days_covered) == ([2], 6, 2)
    never = load_timeline(store, "contoso", DayRange(date(2011, 12, 30), date(2011, 12, 30), samoa))
    assert never.is_empty
    assert never.days == 0


def test_when_the_zone_is_changed_the_same_snapshots_fall_on_other_days(store: Store) -> None:
    store.add([at(f"2026-11-{day:02}T23:00", day) for day in range(1, 11)])
    days = (date(2026, 11, 1), date(2026, 11, 11))
    before = load_timeline(store, "contoso", DayRange(*days, UTC_ZONE))
    after = load_timeline(store, "contoso", DayRange(*days, ZoneInfo("Asia/Tokyo")))
    assert before.gaps() == [(date(2026, 11, 11), date(2026, 11, 11))]
    assert after.gaps() == [(date(2026, 11, 1), date(2026, 11, 1))]
    assert before.days_covered == after.days_covered == 10
    assert before.users("A") == [*range(1, 11), None]
    assert after.users("A") == [None, *range(1, 11)]


def test_the_zone_decides_which_day_a_snapshot_belongs_to(store: Store) -> None:
    store.add([at("2026-12-31T23:30", 1), at("2027-01-01T04:00", 2), at("2027-01-01T05:30", 3)])
    days = (date(2026, 12, 31), date(2027, 1, 1))
    in_utc = load_timeline(store, "contoso", DayRange(*days, UTC_ZONE))
    in_new_york = load_timeline(store, "contoso", DayRange(*days, ZoneInfo("America/New_York")))
    assert in_utc.users("A") == [1, 3]
    assert in_new_york.users("A") == [2, 3]


def test_a_day_without_a_snapshot_is_a_gap_and_counted(store: Store) -> None:
    store.add([at("2026-11-01T03:00", 5), at("2026-11-02T03:00", 5), at("2026-11-05T03:00", 5)])
    timeline = load_timeline(store, "contoso", DayRange(date(2026, 10, 31), date(2026, 11, 6), UTC_ZONE))
    assert timeline.users("A") == [None, 5, 5, None, None, 5, None]
    assert timeline.gaps() == [
        (date(2026, 10, 31), date(2026, 10, 31)),
        (date(2026, 11, 3), date(2026, 11, 4)),
        (date(2026, 11, 6), date(2026, 11, 6)),
    ]
    assert coverage(timeline) == "3 of 7 days have a snapshot"


def test_a_range_without_any_snapshot_is_empty(store: Store) -> None:
    timeline = load_timeline(store, "contoso", DayRange(date(2026, 11, 1), date(2026, 11, 3), UTC_ZONE))
    assert timeline.is_empty
    assert not timeline.has_shares


def test_shares_are_percent_of_users_graded_and_undefined_where_no_one_is(store: Store) -> None:
    store.add([at("2026-11-01T03:00", 5, 1, 2, 1, 1), at("2026-11-02T03:00", 0)])
    timeline = load_timeline(store, "contoso", DayRange(date(2026, 11, 1), date(2026, 11, 2), UTC_ZONE))
    shares = {"A": 50, "B": 10, "C": 20, "D": 10, "F": 10, "other": 0, "at_risk": 20, "doing_well": 60}
    assert {name: timeline.shares(name) for name in shares} == {name: [share, None] for name, share in shares.items()}
    assert timeline.gaps() == []


def test_a_week_has_its_last_snapshot_and_is_a_gap_only_without_any(store: Store) -> None:
    store.add(
        [at("2026-01-01T03:00", 1), at("2026-01-04T03:00", 2), at("2026-01-12T03:00", 3), at("2026-01-13T03:00", 4)]
    )
    timeline = load_timeline(store, "contoso", DayRange(date(2026, 1, 1), date(2026, 1, 18), UTC_ZONE), max_points=5)
    assert timeline.resolution is Resolution.WEEK
    assert [str(period) for period in timeline.periods] == ["2025-12-29", "2026-01-05", "2026-01-12"]
    assert timeline.users("A") == [2, None, 4]
    assert (timeline.days, timeline.days_covered) == (18, 4)


def test_a_period_is_its_last_snapshot_at_every_resolution_and_never_an_average(store: Store) -> None:
    store.add([at("2025-12-30T03:00", 10, 0, 0, 10), at("2026-01-31T22:00", 30), at("2026-02-01T03:00", 5, 0, 0, 5)])
    days = (date(2025, 12, 1), date(2026, 2, 28))
    shares = {
        by: known(load_timeline(store, "contoso", DayRange(*days, UTC_ZONE), finest=by).shares("at_risk"))
        for by in Resolution
    }
    assert shares == {
        Resolution.DAY: [50, 0, 50],
        Resolution.WEEK: [50, 50],
        Resolution.MONTH: [50, 0, 50],
        Resolution.QUARTER: [50, 50],
        Resolution.YEAR: [50, 50],
    }


def test_a_gap_of_months_stays_a_gap_by_month_and_the_weeks_at_its_edges_do_not(store: Store) -> None:
    store.add([at("2026-01-02T03:00", 1), at("2026-05-31T23:59", 2), at("2026-06-01T00:00", 3)])
    days = (date(2026, 1, 1), date(2026, 6, 30))
    by_month = load_timeline(store, "contoso", DayRange(*days, UTC_ZONE), finest=Resolution.MONTH)
    assert by_month.gaps() == [(date(2026, 2, 1), date(2026, 4, 1))]
    by_week = load_timeline(store, "contoso", DayRange(*days, UTC_ZONE), finest=Resolution.WEEK)
    assert by_week.gaps() == [(date(2026, 1, 5), date(2026, 5, 18)), (date(2026, 6, 8), date(2026, 6, 29))]
    for timeline in (by_month, by_week):
        assert coverage(timeline) == "3 of 181 days have a snapshot"


@pytest.mark.parametrize(
    ("days", "max_points", "requested", "chosen"),
    [
        (30, MAX_LINE_POINTS, Resolution.DAY, Resolution.DAY),
        (30, MAX_LINE_POINTS, Resolution.WEEK, Resolution.WEEK),
        (30, MAX_LINE_POINTS, Resolution.MONTH, Resolution.MONTH),
        (401, MAX_LINE_POINTS, Resolution.DAY, Resolution.WEEK),
        (3652, MAX_LINE_POINTS, Resolution.WEEK, Resolution.MONTH),
        (365, MAX_MIX_COLUMNS, Resolution.DAY, Resolution.WEEK),
        (365, MAX_MIX_COLUMNS, Resolution.MONTH, Resolution.MONTH),
        (3652, MAX_MIX_COLUMNS, Resolution.MONTH, Resolution.QUARTER),
    ],
)
def test_a_requested_resolution_with_too_many_points_becomes_the_finest_that_fits(
    days: int, max_points: int, requested: Resolution, chosen: Resolution
) -> None:
    last = date(2026, 11, 24)
    assert choose_resolution(last - timedelta(days=days - 1), last, max_points, requested) is chosen


@pytest.mark.parametrize("days", [1, 60, 61, 365, 400, 401, 730, 3653, 16 * 366])
def test_there_are_never_too_many_points(days: int) -> None:
    last = date(2026, 11, 24)
    first = last - timedelta(days=days - 1)
    for most in (MAX_MIX_COLUMNS, MAX_LINE_POINTS):
        resolution = choose_resolution(first, last, most)
        assert len(list(periods(first, last, resolution))) <= most
    assert (choose_resolution(first, last, MAX_LINE_POINTS) is Resolution.DAY) == (days <= 400)


DAYS = some.dates(date(2010, 1, 1), date(2030, 1, 1))


@given(DAYS, some.integers(0, 1500), some.sampled_from(Resolution))
def test_periods_cover_the_range_without_hole_or_overlap(first: date, length: int, resolution: Resolution) -> None:
    last = first + timedelta(days=length)
    spans = list(periods(first, last, resolution))
    assert spans[0].first == first
    assert spans[-1].last == last
    assert spans[0].label <= first
    assert len(spans) == count_periods(first, last, resolution)
    for before, after in pairwise(spans):
        assert after.first == after.label == before.last + timedelta(days=1)


@given(DAYS, some.sampled_from(["Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"]))
def test_midnight_begins_its_day(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    begins = midnight(day, zone)
    assert (begins - timedelta(seconds=1)).astimezone(zone).date() < day
    assert begins.astimezone(zone).date() >= day


@pytest.fixture(scope="module")
def ten_years(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """An hourly snapshot for ten years, but for two days: the count of grade A is the hour's number."""
    file = tmp_path_factory.mktemp("ten-years") / "snapshots.db"
    store = Store.open(f"sqlite:///{file}", clock=later)
    first, hours = int(datetime(2016, 11, 25, tzinfo=UTC).timestamp()), 3652 * 24
    with sqlite3.connect(file) as connection:
        connection.execute(
            "WITH RECURSIVE hours(hour) AS (SELECT 0 UNION ALL SELECT hour + 1 FROM hours WHERE hour < ?) "
            "INSERT INTO snapshots (account, taken_at, a, b, c, d, f, other, source) "
            "SELECT 'contoso', ? + hour * 3600, hour, 0, 0, 0, 0, 0, 'mimecast' FROM hours "
            "WHERE hour / 24 NOT IN (1000, 2000)",
            (hours - 1, first),
        )
    connection.close()
    return store


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("max_points", "resolution", "points"),
    [
        (MAX_LINE_POINTS, Resolution.MONTH, 121),
        (MAX_MIX_COLUMNS, Resolution.QUARTER, 41),
        (3652, Resolution.DAY, 3650),
    ],
)
def test_ten_years_of_hourly_snapshots_are_read_by_seeks_in_the_key(
    ten_years: Store, max_points: int, resolution: Resolution, points: int
) -> None:
    with recorded_statements() as statements:
        timeline = load_timeline(
            ten_years, "contoso", DayRange(date(2016, 11, 25), date(2026, 11, 24), UTC_ZONE), max_points=max_points
        )
    queries = [statement for statement in statements if "snapshots" in statement]

    assert timeline.resolution is resolution
    assert len(known(timeline.users("A"))) == points
    assert timeline.users("A")[-1] == 3652 * 24 - 1
    assert coverage(timeline) == "3,650 of 3,652 days have a snapshot"
    assert queries
    with ten_years.reading() as connection:
        for statement in queries:
            accounts = ("contoso",) * statement.count("?")
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", accounts)]
            touching = [step for step in plan if "snapshots" in step or "inside" in step]
            touching = [step for step in touching if "snapshots_of_the_sandbox" not in step]  # an empty index here
            assert touching or "implausible_answers" in statement
            assert all(step.startswith("SEARCH") and "USING PRIMARY KEY" in step for step in touching), plan


@pytest.mark.parametrize(
    ("days", "requested", "sentence"),
    [
        (30, None, "Daily values (UTC)."),
        (30, Resolution.DAY, "Daily values (UTC)."),
        (365, Resolution.MONTH, "Monthly values (UTC)."),
        (365, Resolution.DAY, "Daily values (UTC); grade mix by week."),
        (
            3652,
            Resolution.WEEK,
            "Monthly values (UTC); grade mix by quarter. Weekly values would need 523 data points; a line has room for "
            "400.",
        ),
    ],
)
def test_the_resolution_is_stated_with_the_reason_why_it_is_not_the_requested_one(
    store: Store, days: int, requested: Resolution | None, sentence: str
) -> None:
    last = date(2026, 11, 24)
    days_shown = DayRange(last - timedelta(days=days - 1), last, UTC_ZONE)
    line, mix = (
        load_timeline(store, "contoso", days_shown, max_points=most, finest=requested or Resolution.DAY)
        for most in (MAX_LINE_POINTS, MAX_MIX_COLUMNS)
    )
    assert resolution_sentence(line, mix, requested) == sentence


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (None, "No snapshot was taken from 1 Nov 2026 to 2 Nov 2026."),
        ((0,), "No users were graded in this range (1 Nov 2026 to 2 Nov 2026)."),
        ((0, 0, 0, 0, 0, 3), "No user had a grade from A to F in this range (1 Nov 2026 to 2 Nov 2026)."),
    ],
)
def test_a_range_without_a_share_at_risk_says_why(store: Store, counts: tuple[int, ...] | None, sentence: str) -> None:
    if counts:
        store.add([at("2026-11-01T03:00", *counts)])
    timeline = load_timeline(store, "contoso", DayRange(date(2026, 11, 1), date(2026, 11, 2), UTC_ZONE))
    assert not timeline.has_risk
    assert empty_range_sentence(timeline) == sentence


def test_a_day_is_plausible_from_2010_to_tomorrow() -> None:
    today = date(2026, 11, 24)
    assert (EARLIEST_DAY, latest_day(today)) == (date(2010, 1, 1), date(2026, 11, 25))
    plausible = [date(2010, 1, 1), today, date(2026, 11, 25)]
    assert all(is_plausible_day(day, today) for day in plausible)
    assert not any(is_plausible_day(day, today) for day in (date(206, 1, 16), date(2009, 12, 31), date(2026, 11, 26)))
