"""The target: stored with who set it and when, and assessed by the line that the chart shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import Target, TargetInvalid, TargetStatus, assess_target, latest_target_date
from mimecast.store.annotations.targets import clear_target, load_progress, load_target, set_target
from mimecast.store.database.tables import targets
from mimecast.store.store import Store
from mimecast.text.targets import target_sentence
from tests.support.clock import NOW, TODAY
from tests.support.stores.databases import EVERY_DATABASE

pytestmark = EVERY_DATABASE

ZONE = ZoneInfo("UTC")
BY = TODAY + timedelta(days=100)


def at_risk(share: float, day: date = TODAY) -> Snapshot:
    users = round(share * 10)
    return Snapshot(
        "contoso", datetime(day.year, day.month, day.day, 3, tzinfo=UTC), ScoreCounts(1000 - users, d=users)
    )


def setting(store: Store, share: float = 5.0, by: date = BY, *, author: str = "", now: datetime = NOW) -> Target:
    return set_target(store, "contoso", share, by, author=author, now=now, today=now.date())


def test_the_newest_target_of_an_account_counts_and_all_are_kept(store: Store) -> None:
    assert load_target(store, "contoso") is None
    store.add([at_risk(11.0)])
    first = setting(store, 8.0, author="lead@contoso.example")
    assert load_target(store, "contoso") == first == Target("contoso", 8.0, BY, "lead@contoso.example", NOW, 11.0)
    second = setting(store, 6.04, now=NOW + timedelta(hours=1))
    assert load_target(store, "contoso") == second
    assert second.share == 6.0
    assert load_target(store, "fabrikam") is None
    clear_target(store, "contoso", author="ben", now=NOW + timedelta(hours=2))
    assert load_target(store, "contoso") is None
    third = setting(store, now=NOW + timedelta(hours=3))
    assert load_target(store, "contoso") == third
    with store.reading() as connection:
        rows = connection.execute(select(targets.c.share, targets.c.author).order_by(targets.c.set_at)).all()
    assert [tuple(row) for row in rows] == [(8.0, "lead@contoso.example"), (6.0, ""), (None, "ben"), (5.0, "")]


def test_of_two_in_the_same_second_the_later_one_counts(store: Store) -> None:
    setting(store, 8.0)
    later = setting(store, 7.0)
    assert load_target(store, "contoso") == later
    clear_target(store, "contoso", author="", now=NOW)
    assert load_target(store, "contoso") is None


@pytest.mark.parametrize(
    ("share", "by", "reason"),
    [
        (-0.1, BY, "between 0% and 100%"),
        (100.1, BY, "between 0% and 100%"),
        (float("nan"), BY, "between 0% and 100%"),
        (5.0, TODAY, "is not in the future"),
        (5.0, date(2031, 11, 25), "too far ahead"),
    ],
)
def test_an_invalid_target_is_rejected(store: Store, share: float, by: date, reason: str) -> None:
    with pytest.raises(TargetInvalid, match=reason):
        setting(store, share, by)
    assert load_target(store, "contoso") is None


def test_a_target_may_be_five_years_ahead_even_on_29_february(store: Store) -> None:
    assert setting(store, 0.0, date(2031, 11, 24)).by == date(2031, 11, 24)
    assert latest_target_date(date(2028, 2, 29)) == date(2033, 2, 28)


TARGET = Target("contoso", 5.0, BY, "", NOW, 15.0)
"""From 15% today to 5% in 100 days: a tenth of a point a day."""


@pytest.mark.parametrize(
    ("days", "share", "status"),
    [
        (0, 15.0, TargetStatus.ON_TRACK),
        (0, 15.1, TargetStatus.OFF_TRACK),
        (50, 10.0, TargetStatus.ON_TRACK),
        (50, 10.1, TargetStatus.OFF_TRACK),
        (50, 5.0, TargetStatus.REACHED),
        (99, 5.1, TargetStatus.ON_TRACK),
        (100, 5.0, TargetStatus.REACHED),
        (100, 5.1, TargetStatus.OFF_TRACK),
        (101, 5.1, TargetStatus.MISSED),
        (101, 4.0, TargetStatus.REACHED),
    ],
)
def test_the_rule_is_the_straight_line_to_the_target(days: int, share: float, status: TargetStatus) -> None:
    today = TODAY + timedelta(days=days)
    judged = assess_target(TARGET, at_risk(share, today), ZONE, today)
    assert judged.status is status
    assert judged.day == today
    assert judged.share == pytest.approx(share)


def test_shares_count_as_they_are_shown(store: Store) -> None:
    just_above = Snapshot("contoso", NOW, ScoreCounts(94_951, d=5_049))  # 5.049%
    assert assess_target(TARGET, just_above, ZONE, TODAY).status is TargetStatus.REACHED
    assert "Reached: 5.0%" in target_sentence(assess_target(TARGET, just_above, ZONE, TODAY))


def test_once_the_date_has_passed_the_share_on_that_date_is_judged(store: Store) -> None:
    store.add([at_risk(15.0)])
    setting(store)
    store.add([at_risk(4.9, BY - timedelta(days=2)), at_risk(7.0, BY + timedelta(days=3))])
    judged = load_progress(store, "contoso", store.newest("contoso"), ZONE, BY + timedelta(days=5))
    assert judged is not None
    assert (judged.status, judged.day) == (TargetStatus.REACHED, BY - timedelta(days=2))
    before = load_progress(store, "contoso", store.newest("contoso"), ZONE, BY)
    assert before is not None
    assert before.day == BY + timedelta(days=3)


def test_without_a_share_there_is_nothing_to_assess(store: Store) -> None:
    setting(store)
    for snapshots in ([], [Snapshot("contoso", NOW, ScoreCounts())]):
        store.add(snapshots)
        judged = load_progress(store, "contoso", store.newest("contoso"), ZONE, TODAY)
        assert judged is not None
        assert judged.status is TargetStatus.UNKNOWN
        assert target_sentence(judged).endswith("No share at risk is known, so progress cannot be assessed.")
    late = assess_target(Target("contoso", 5.0, BY, "", NOW), at_risk(9.0), ZONE, TODAY)
    assert late.status is TargetStatus.UNKNOWN
    assert "9.0% on 24 Nov 2026. The share at risk was unknown when the target was set" in target_sentence(late)


@pytest.mark.parametrize(
    ("days", "share", "progress"),
    [
        (0, 15.0, "Set on 24 Nov 2026, when the share was 15.0%."),
        (50, 9.0, "On track: 9.0% on 13 Jan 2027 (needed: at most 10.0%)."),
        (50, 10.4, "Off track: 10.4% on 13 Jan 2027 (needed: at most 10.0%)."),
        (50, 4.8, "Reached: 4.8% on 13 Jan 2027."),
        (101, 5.6, "Missed: 5.6% on 5 Mar 2027."),
    ],
)
def test_the_progress_is_stated_with_the_numbers_it_rests_on(days: int, share: float, progress: str) -> None:
    today = TODAY + timedelta(days=days)
    sentence = target_sentence(assess_target(TARGET, at_risk(share, today), ZONE, today))
    assert sentence == f"Target: at most 5.0% by 4 Mar 2027. {progress}"
