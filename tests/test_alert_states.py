"""The rules of alerts and digests: what is news, what ends when, and which period a digest is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mimecast.domain.notifications.alert_states import AlertState, Observation, Rule, State, next_state
from mimecast.domain.notifications.digest_periods import DigestInterval, period_due
from mimecast.domain.reporting_days import reporting_day

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 20, 3, 0, 5, tzinfo=UTC)


def alerts_of(rule: Rule, states: Iterable[State | None], *, subject: str = "") -> list[tuple[int, State]]:
    """Return the days from 0 and the states of the alerts about daily observations; None for a day without."""
    stored: AlertState | None = None
    alerts = []
    for day, state in enumerate(states):
        if state is None:
            continue
        jitter = timedelta(seconds=-(day % 7))  # a scheduler is never exact to the second
        observation = Observation("contoso", rule, state, START + timedelta(days=day) + jitter, "", "", subject)
        change = next_state(observation, stored, BERLIN)
        if change:
            stored = change.after
            if change.is_alert:
                alerts.append((day, state))
    return alerts


N, A, B = State.NORMAL, State.ABOVE, State.BELOW


def test_a_change_is_reported_once_while_it_lasts() -> None:
    assert alerts_of(Rule.CHANGE, [N, N, A, A, A, A]) == [(2, A)]
    assert alerts_of(Rule.CHANGE, [A, A]) == [(0, A)], "also when it was above when notifications were switched on"


def test_a_change_near_the_limit_is_not_told_every_other_day() -> None:
    assert alerts_of(Rule.CHANGE, [A, N, A, N, N, A, N, N, N, N, N, N, A]) == [(0, A)]


def test_a_change_that_was_normal_for_seven_days_is_reported_again() -> None:
    """The seven days contain the day in March that has 23 hours in Berlin."""
    assert alerts_of(Rule.CHANGE, [A, *[N] * 8, A]) == [(0, A), (9, A)]
    assert alerts_of(Rule.CHANGE, [A, *[N] * 7, A]) == [(0, A)]


def test_days_without_an_observation_decide_nothing() -> None:
    assert alerts_of(Rule.CHANGE, [A, N, None, None, None, None, None, None, A]) == [(0, A)]
    assert alerts_of(Rule.CHANGE, [A, N, *[None] * 20, N, A]) == [(0, A), (23, A)]


def test_a_change_that_turns_is_reported_at_once() -> None:
    assert alerts_of(Rule.CHANGE, [A, B]) == [(0, A), (1, B)]


ON, OFF, REACHED, MISSED = State.ON_TRACK, State.OFF_TRACK, State.REACHED, State.MISSED


def test_a_target_is_reported_when_it_is_reached_or_missed_or_its_track_changes() -> None:
    assert alerts_of(Rule.TARGET, [ON, OFF, OFF, MISSED, MISSED]) == [(1, OFF), (3, MISSED)]
    assert alerts_of(Rule.TARGET, [ON, REACHED]) == [(1, REACHED)]
    assert alerts_of(Rule.TARGET, [OFF, REACHED]) == [(0, OFF), (1, REACHED)]
    assert alerts_of(Rule.TARGET, [OFF, *[ON] * 9]) == [(0, OFF), (8, ON)]


def test_a_target_near_its_share_is_not_told_every_other_day() -> None:
    assert alerts_of(Rule.TARGET, [ON, REACHED, ON, REACHED, ON, ON, REACHED]) == [(1, REACHED)]
    assert alerts_of(Rule.TARGET, [ON, OFF, ON, OFF, ON, OFF]) == [(1, OFF)]


def test_what_is_good_and_was_so_before_is_no_news() -> None:
    assert alerts_of(Rule.TARGET, [ON, ON]) == []
    assert alerts_of(Rule.TARGET, [REACHED]) == []
    assert alerts_of(Rule.STALE, [State.FRESH]) == []


def test_a_new_target_is_judged_without_the_old_one() -> None:
    old = next_state(Observation("contoso", Rule.TARGET, MISSED, START, "", "", "2025"), None, BERLIN)
    assert old
    again = Observation("contoso", Rule.TARGET, MISSED, START, "", "", "2026")
    change = next_state(again, old.after, BERLIN)
    assert change
    assert change.is_alert
    assert (change.after.number, change.after.subject) == (2, "2026")


def test_missing_snapshots_and_their_return_are_reported() -> None:
    states = [State.FRESH, State.STALE, State.STALE, State.FRESH, State.FRESH, State.STALE]
    assert alerts_of(Rule.STALE, states) == [(1, State.STALE), (3, State.FRESH), (5, State.STALE)]


def test_an_implausible_answer_is_reported_each_time_it_follows_a_plausible_one() -> None:
    bad, good = State.IMPLAUSIBLE, State.PLAUSIBLE
    assert alerts_of(Rule.RESET, [good, bad, bad, good, bad]) == [(1, bad), (4, bad)]


def test_two_machines_give_the_same_change_the_same_id() -> None:
    first, second = (
        next_state(Observation("contoso", Rule.STALE, State.STALE, START + delay, "", ""), None, BERLIN)
        for delay in (timedelta(0), timedelta(seconds=3))
    )
    assert first
    assert second
    assert first.id == second.id
    other = next_state(Observation("fabrikam", Rule.STALE, State.STALE, START, "", ""), None, BERLIN)
    assert other
    assert other.id != first.id


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 22)),  # a Monday
        (date(2026, 11, 29), date(2026, 11, 16), date(2026, 11, 22)),
        (date(2026, 11, 30), date(2026, 11, 23), date(2026, 11, 29)),
        (date(2027, 1, 1), date(2026, 12, 21), date(2026, 12, 27)),
    ],
)
def test_a_weekly_digest_is_due_from_monday_on(today: date, first: date, last: date) -> None:
    period = period_due(DigestInterval.WEEKLY, today)
    assert period
    assert (period.first, period.last, period.days) == (first, last, 7)


@pytest.mark.parametrize(
    ("today", "name", "days"),
    [
        (date(2026, 12, 1), "November 2026", 30),
        (date(2026, 12, 31), "November 2026", 30),
        (date(2027, 1, 1), "December 2026", 31),
        (date(2027, 3, 15), "February 2027", 28),
        (date(2028, 3, 1), "February 2028", 29),
    ],
)
def test_a_monthly_digest_is_due_from_the_first_on(today: date, name: str, days: int) -> None:
    period = period_due(DigestInterval.MONTHLY, today)
    assert period
    assert (period.name, period.days) == (name, days)
    assert period.day_before == period.first - timedelta(days=1)


def test_no_digest_is_due_when_it_is_off() -> None:
    assert period_due(DigestInterval.OFF, date(2026, 12, 1)) is None


@pytest.mark.parametrize(
    ("instant", "zone", "name"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), "Europe/Berlin", "October 2026"),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), "Europe/Berlin", "November 2026"),
        (datetime(2026, 12, 1, 4, 59, tzinfo=UTC), "America/New_York", "October 2026"),
        (datetime(2027, 3, 31, 21, 59, tzinfo=UTC), "Europe/Berlin", "February 2027"),  # summer time since Sunday
        (datetime(2027, 3, 31, 22, 0, tzinfo=UTC), "Europe/Berlin", "March 2027"),
    ],
)
def test_the_reporting_time_zone_decides_when_a_month_has_ended(instant: datetime, zone: str, name: str) -> None:
    period = period_due(DigestInterval.MONTHLY, reporting_day(instant, ZoneInfo(zone)))
    assert period
    assert period.name == name
