"""The normal range: its limits, the verdict, what is read for it, and the words. `bench/` tests its accuracy."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event

from mimecast.domain.comparison import MAX_LOOKBACK
from mimecast.domain.normal_range import (
    MIN_BASELINE_PERIODS,
    JudgedChange,
    Verdict,
    judge,
    max_lookback,
    normal_limits,
)
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.t_distribution import t_quantile
from mimecast.store.normal_range import MAX_BASELINE_PERIODS, load_judged_change
from mimecast.store.store import Store
from mimecast.text.changes import unknown_range_sentence, verdict_phrase
from tests.support.clock import NOW, TODAY
from tests.support.stores.databases import SQLITE_FIRST, SQLITE_ONLY

pytestmark = SQLITE_FIRST

ZONE = ZoneInfo("UTC")
ONE_USER = 0.1
"""Points that one of 1,000 users weighs."""

VARYING = [0.4, -0.3, 0.1, -0.6, 0.5, 0.2, -0.4, 0.3, -0.1, 0.6, -0.5, -0.2]
"""Twelve changes in points, around zero."""


def shares_of(change: float, earlier: list[float]) -> list[float | None]:
    """Return shares, newest first, whose newest change is `change` and whose earlier changes are `earlier`."""
    return list(accumulate([-step for step in (change, *earlier)], initial=20.0))


# The limits


def test_limits_are_a_prediction_interval_for_one_more_change() -> None:
    """By hand: mean 1, s = 1, t(4; 0.995) = 4.604 from any table, sqrt(1 + 1/5)."""
    low, high = normal_limits([0.0, 0.0, 1.0, 2.0, 2.0])
    assert (low, high) == pytest.approx((1 - 4.6041 * 1.2**0.5, 1 + 4.6041 * 1.2**0.5), abs=1e-3)


@pytest.mark.parametrize(
    ("probability", "degrees", "value"),
    [
        (0.975, 1, 12.706),
        (0.995, 1, 63.657),
        (0.975, 2, 4.303),
        (0.995, 3, 5.841),
        (0.95, 10, 1.812),
        (0.995, 11, 3.106),
        (0.99, 22, 2.508),
        (0.999, 30, 3.385),
        (0.995, 100, 2.626),
        (0.5, 7, 0.0),
    ],
)
def test_quantiles_are_those_of_the_tables(probability: float, degrees: int, value: float) -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2."""
    assert t_quantile(probability, degrees) == pytest.approx(value, abs=6e-4)


@pytest.mark.parametrize(("probability", "degrees"), [(0.4, 5), (1.0, 5), (0.9, 0)])
def test_there_are_no_other_quantiles(probability: float, degrees: int) -> None:
    with pytest.raises(ValueError, match="quantile"):
        t_quantile(probability, degrees)


# Judging


@pytest.mark.parametrize(("count", "verdict"), [(0, Verdict.UNKNOWN), (11, Verdict.UNKNOWN), (12, Verdict.WITHIN)])
def test_a_verdict_takes_twelve_earlier_spans(count: int, verdict: Verdict) -> None:
    judged = judge(shares_of(0.2, VARYING[:count]), 30, ONE_USER)
    assert (judged.verdict, judged.baseline_periods, judged.span) == (verdict, count, 30)
    assert judged.change == pytest.approx(0.2)
    assert (judged.low is None) == (judged.high is None) == (verdict is Verdict.UNKNOWN)
    assert MIN_BASELINE_PERIODS == 12


@pytest.mark.parametrize("change", [3.0, -3.0])
def test_the_sign_of_a_change_is_kept_and_both_directions_are_judged(change: float) -> None:
    judged = judge(shares_of(change, VARYING), 30, ONE_USER)
    assert judged.verdict is Verdict.OUTSIDE
    assert judged.change == pytest.approx(change)


def test_the_change_that_is_judged_has_no_say_in_its_own_limits() -> None:
    small, large = judge(shares_of(0.1, VARYING), 30, ONE_USER), judge(shares_of(9, VARYING), 30, ONE_USER)
    assert (small.low, small.high) == pytest.approx((large.low, large.high))


def test_an_unknown_share_costs_the_two_changes_that_touch_it() -> None:
    shares = shares_of(0.2, [*VARYING, *VARYING])
    shares[5] = None
    assert judge(shares, 30, ONE_USER).baseline_periods == 22
    shares[6] = None
    assert judge(shares, 30, ONE_USER).baseline_periods == 21
    bridged = [*shares[:5], *shares[7:]]
    assert judge(shares, 30, ONE_USER).low != judge(bridged, 30, ONE_USER).low


@pytest.mark.parametrize("unknown", [0, 1])
def test_without_a_share_at_either_end_there_is_no_change_to_judge(unknown: int) -> None:
    shares = shares_of(0.2, [*VARYING, *VARYING])
    shares[unknown] = None
    judged = judge(shares, 30, ONE_USER)
    assert (judged.verdict, judged.change, judged.low) == (Verdict.UNKNOWN, None, None)
    assert judged.baseline_periods >= MIN_BASELINE_PERIODS
    assert judge([], 30, ONE_USER).change is None


def test_a_steady_trend_is_usual_and_turning_is_not_but_stopping_is() -> None:
    falling = [-0.5 + value / 10 for value in VARYING]
    assert judge(shares_of(-0.5, falling), 30, ONE_USER).verdict is Verdict.WITHIN
    assert judge(shares_of(0.0, falling), 30, ONE_USER).verdict is Verdict.WITHIN
    assert judge(shares_of(0.5, falling), 30, ONE_USER).verdict is Verdict.OUTSIDE
    assert judge(shares_of(-1.0, falling), 30, ONE_USER).verdict is Verdict.OUTSIDE


@pytest.mark.parametrize("users", [7, 37, 40, 1204])
def test_where_nothing_ever_changed_one_user_is_usual_and_two_are_not(users: int) -> None:
    for at_risk, now, verdict in (
        (3, 4, "WITHIN"),
        (3, 2, "WITHIN"),
        (3, 3, "WITHIN"),
        (3, 5, "OUTSIDE"),
        (3, 1, "OUTSIDE"),
    ):
        shares = [100 * now / users, *[100 * at_risk / users] * 13]
        judged = judge(shares, 30, 100 / users)
        assert judged.verdict is Verdict[verdict]
        assert (judged.low, judged.high) == pytest.approx((-100 / users, 100 / users))


def test_a_change_that_is_shown_as_nothing_is_never_outside_the_normal_range() -> None:
    flat: list[float | None] = [20.0] * 13
    assert judge([20.04, *flat], 30, 0.001).verdict is Verdict.WITHIN
    assert judge([20.06, *flat], 30, 0.001).verdict is Verdict.OUTSIDE


# Reading


def snapshot(ago: int, at_risk: int, graded: int = 1000, account: str = "contoso") -> Snapshot:
    return Snapshot(account, NOW - timedelta(days=ago), ScoreCounts(graded - at_risk, 0, 0, at_risk))


def varying_history(days: int, every: int = 1) -> list[Snapshot]:
    """Oldest first, up to today."""
    return [snapshot(ago, 200 + ago * 7 % 13) for ago in range(days - days % every, -1, -every)]


def test_two_years_give_twenty_three_earlier_periods_of_thirty_days(store: Store) -> None:
    history = varying_history(729)
    store.add(history)
    judged = load_judged_change(store, history[-1], ZONE)
    assert (judged.span, judged.baseline_periods, judged.known_from) == (30, 23, None)
    assert judged.change == pytest.approx(history[-1].counts.at_risk / 10 - history[-31].counts.at_risk / 10)


@pytest.mark.parametrize(
    ("days", "span", "earlier"),
    [(390, 30, 12), (389, 30, 11), (13 * 90, 90, 12), (90, 30, 2), (91, 7, 12), (90, 7, 11), (40, 3, 12), (0, 30, 0)],
)
def test_a_change_is_judged_by_changes_over_the_same_span_or_not_at_all(
    store: Store, days: int, span: int, earlier: int
) -> None:
    history = varying_history(days)
    store.add([*history, *(replace(snapshot, account="fabrikam") for snapshot in varying_history(3000))])
    judged = load_judged_change(store, history[-1], ZONE, span)
    assert (judged.span, judged.baseline_periods) == (span, earlier)
    assert (judged.verdict is Verdict.UNKNOWN) == (earlier < 12)


@pytest.mark.parametrize(("days", "span"), [(389, 30), (0, 30), (90, 7)])
def test_without_a_verdict_the_first_day_that_can_have_one_is_named(store: Store, days: int, span: int) -> None:
    history = varying_history(days)
    store.add(history)
    known_from = load_judged_change(store, history[-1], ZONE, span).known_from
    assert known_from is not None
    later = snapshot((TODAY - known_from).days, 205)
    store.add(snapshot(ago, 200 + ago * 7 % 13) for ago in range(-1, -13 * span, -1))
    assert load_judged_change(store, later, ZONE, span).verdict is not Verdict.UNKNOWN
    day_before = replace(later, taken_at=later.taken_at - timedelta(days=1))
    assert load_judged_change(store, day_before, ZONE, span).verdict is Verdict.UNKNOWN


def test_a_change_is_not_judged_where_the_share_30_days_earlier_is_unknown(store: Store) -> None:
    history = [snapshot for snapshot in varying_history(729) if not 28 <= (NOW - snapshot.taken_at).days <= 40]
    store.add(history)
    judged = load_judged_change(store, history[-1], ZONE)
    assert (judged.verdict, judged.change, judged.known_from) == (Verdict.UNKNOWN, None, None)


def test_the_change_of_an_older_snapshot_is_judged_by_what_was_before_it(store: Store) -> None:
    history = varying_history(800)
    store.add(history)
    at_that_time = load_judged_change(store, history[-201], ZONE)
    assert at_that_time.baseline_periods == 600 // 30 - 1
    store.add([snapshot(ago, 900, account="contoso") for ago in range(-5, 0)])
    assert load_judged_change(store, history[-201], ZONE) == at_that_time


def test_a_snapshot_represents_a_day_up_to_a_week_later_or_three_days_for_weeks() -> None:
    assert [max_lookback(span).days for span in (1, 2, 3, 7, 14, 30, 90, 365)] == [0, 0, 1, 3, 6, 7, 7, 7]
    assert max_lookback(30) == MAX_LOOKBACK


@pytest.mark.parametrize(("span", "late", "counted"), [(30, 7, 14), (30, 8, 12), (7, 3, 14), (7, 4, 12)])
def test_a_late_snapshot_counts_within_the_latitude_and_else_costs_two_changes(
    store: Store, span: int, late: int, counted: int
) -> None:
    ago = [span * index + (late if index == 5 else 0) for index in range(16)]
    history = [snapshot(days, 200 + days % 11) for days in ago]
    store.add(history)
    judged = load_judged_change(store, history[0], ZONE, span)
    assert (judged.span, judged.baseline_periods) == (span, counted)


def test_a_day_on_which_no_one_was_graded_is_an_unknown_share(store: Store) -> None:
    history = [
        replace(snapshot, counts=ScoreCounts()) if (NOW - snapshot.taken_at).days == 60 else snapshot
        for snapshot in varying_history(729)
    ]
    store.add(history)
    assert load_judged_change(store, history[-1], ZONE).baseline_periods == 21
    no_one = replace(history[-1], counts=ScoreCounts())
    judged = load_judged_change(store, no_one, ZONE)
    assert (judged.verdict, judged.change, judged.span) == (Verdict.UNKNOWN, None, 30)


def test_days_are_those_of_the_zone_when_clocks_change(store: Store) -> None:
    """Snapshots at half past eleven at night: in UTC half of the year that is another day than in London."""
    london = ZoneInfo("Europe/London")

    def late(ago: int, at_risk: int) -> Snapshot:
        local = datetime.combine(TODAY - timedelta(days=ago), time(23, 30), london)
        return Snapshot("contoso", local.astimezone(UTC), ScoreCounts(1000 - at_risk, 0, 0, at_risk))

    multiples = [late(30 * index, 100 + 10 * (index % 3)) for index in range(20)]
    between = [late(ago, 900) for ago in range(600) if ago % 30]
    store.add([*multiples, *between])
    judged = load_judged_change(store, multiples[0], london)
    assert judged.verdict is Verdict.WITHIN
    assert judged.change == pytest.approx(-1.0)
    assert judged.high is not None
    assert judged.high < 10


def test_one_user_weighs_what_the_smaller_head_count_says(store: Store) -> None:
    history = [snapshot(30 * index, 4, graded=40 if index else 80) for index in range(14)]
    store.add(history)
    judged = load_judged_change(store, replace(history[0], counts=ScoreCounts(70, 0, 0, 8)), ZONE)
    assert (judged.low, judged.high) == pytest.approx((-2.5, 2.5))


@SQLITE_ONLY
def test_little_is_read_of_ten_years_with_three_snapshots_a_day(store: Store) -> None:
    """Counted in steps of SQLite's own machine, of which reading all 11,103 rows takes about 140,000."""
    steps: list[int] = []

    def count(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(lambda: steps.append(100), 100)

    store.add(
        replace(snapshot, taken_at=snapshot.taken_at - timedelta(hours=hours))
        for snapshot in varying_history(3700)
        for hours in (9, 6, 3)
    )
    event.listen(Engine, "checkout", count)
    try:
        for span, baseline_periods in ((7, MAX_BASELINE_PERIODS), (30, MAX_BASELINE_PERIODS), (90, 39)):
            steps.clear()
            judged = load_judged_change(store, snapshot(0, 205), ZONE, span)
            assert (judged.span, judged.baseline_periods) == (span, baseline_periods)
            assert 0 < sum(steps) < 10_000
    finally:
        event.remove(Engine, "checkout", count)


def test_a_change_within_a_day_is_not_judged(store: Store) -> None:
    with pytest.raises(ValueError, match="one day"):
        load_judged_change(store, snapshot(0, 1), ZONE, 0)


# Words


OUTSIDE = JudgedChange(Verdict.OUTSIDE, 30, 2.04, -1.31, 0.92, 23)


@pytest.mark.parametrize(
    ("judged", "phrase"),
    [
        (OUTSIDE, "above the normal range for this account (normal: −1.3 to +0.9 points)"),
        (replace(OUTSIDE, change=0.94), "just above the normal range for this account (normal: −1.3 to +0.9 points)"),
        (replace(OUTSIDE, change=-2.0), "below the normal range for this account (normal: −1.3 to +0.9 points)"),
        (
            replace(OUTSIDE, verdict=Verdict.WITHIN, change=-0.4),
            "a normal change for this account (normal: −1.3 to +0.9 points)",
        ),
    ],
)
def test_a_verdict_says_which_changes_are_normal(judged: JudgedChange, phrase: str) -> None:
    assert verdict_phrase(judged) == phrase


@pytest.mark.parametrize(
    ("judged", "sentence"),
    [
        (
            JudgedChange(Verdict.UNKNOWN, 30, 1.0, None, None, 5, date(2026, 11, 30)),
            "The normal range is known after 13 months of history (from 30 Nov 2026).",
        ),
        (
            JudgedChange(Verdict.UNKNOWN, 1, 1.0, None, None, 0, date(2026, 11, 30)),
            "The normal range is known after 13 days of history (from 30 Nov 2026).",
        ),
        (
            JudgedChange(Verdict.UNKNOWN, 30, 1.0, None, None, 9),
            "The normal range is unknown: it needs 12 earlier 30-day changes, and because of gaps only 9 are known.",
        ),
        (
            JudgedChange(Verdict.UNKNOWN, 30, None, None, None, 23),
            "The change cannot be judged: the share at risk 30 days earlier is unknown.",
        ),
    ],
)
def test_without_a_verdict_the_reason_is_given(judged: JudgedChange, sentence: str) -> None:
    assert unknown_range_sentence(judged) == sentence
