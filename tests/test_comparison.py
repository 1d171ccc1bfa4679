"""Comparisons of two snapshots, in numbers, sentences and tables."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast import formatting
from mimecast.domain.comparison import Comparison, MissingComparison
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.comparisons import compare_back
from mimecast.store.store import Store
from mimecast.text.changes import comparison_sentence, counts_sentence, headcount_alert, headcount_sentence
from mimecast.text.stamp import ComparedStamp, Stamp
from mimecast.ui.download_frames.grades import CSV_DEFINITIONS, comparison_frame, grades_frame, to_csv
from tests.support.clock import NOW
from tests.support.stores.databases import EVERY_DATABASE

pytestmark = EVERY_DATABASE

ZONE = ZoneInfo("UTC")


def days_ago(days: int, *counts: int) -> Snapshot:
    return Snapshot("contoso", NOW - timedelta(days=days), ScoreCounts(*counts))


@pytest.mark.parametrize(
    ("stored", "chosen"),
    [([30], 30), ([29, 30, 31], 30), ([29, 31, 35], 31), ([37], 37), ([29, 38], None), ([], None)],
)
def test_thirty_days_earlier_is_the_last_reporting_day_on_or_before_it(
    store: Store, stored: list[int], chosen: int | None
) -> None:
    store.add([days_ago(days, days + 1) for days in stored])
    compared = compare_back(store, days_ago(0, 1), 30, ZONE)
    if chosen is None:
        assert isinstance(compared, MissingComparison)
    else:
        assert isinstance(compared, Comparison)
        assert compared.days == chosen
        assert compared.then == days_ago(chosen, chosen + 1)
        assert compared.then_day == date(2026, 11, 24) - timedelta(days=chosen)


def test_the_last_snapshot_of_that_day_is_taken(store: Store) -> None:
    early, late = days_ago(30, 1), Snapshot("contoso", NOW - timedelta(days=30, hours=-5), ScoreCounts(2))
    store.add([early, late])
    compared = compare_back(store, days_ago(0, 1), 30, ZONE)
    assert isinstance(compared, Comparison)
    assert compared.then == late


def comparison(then: ScoreCounts, now: ScoreCounts, days: int = 30) -> Comparison:
    before, after = Snapshot("contoso", NOW - timedelta(days=days), then), Snapshot("contoso", NOW, now)
    return Comparison(after, before, after.taken_at.date(), before.taken_at.date())


def test_changes_are_counted_in_users_and_in_points() -> None:
    compared = comparison(ScoreCounts(50, 20, 20, 8, 2), ScoreCounts(50, 20, 20, 15, 5))
    assert compared.users("at_risk") == (10, 20)
    assert compared.change_in_users("users_graded") == 10
    assert compared.change_in_points("at_risk") == pytest.approx(18.1818 - 10, abs=1e-3)
    assert compared.change_in_points("doing_well") == pytest.approx(63.6363 - 70, abs=1e-3)
    assert comparison(ScoreCounts(), ScoreCounts(1)).change_in_points("A") is None


USERS = some.integers(0, 5000)
COUNTS = some.builds(ScoreCounts, USERS, USERS, USERS, USERS, USERS, some.integers(0, 3))


@given(COUNTS, COUNTS)
def test_headcount_and_behaviour_add_up_to_the_change_exactly_and_only_a_notable_headcount_is_split(
    then: ScoreCounts, now: ScoreCounts
) -> None:
    compared = comparison(then, now)
    parts = compared.parts
    moved_much = then.users_graded > 0 and 20 * abs(now.users_graded - then.users_graded) > then.users_graded
    assert (parts is not None) == moved_much == bool(headcount_sentence(compared))
    if parts:
        assert parts.headcount + parts.behaviour == parts.whole == compared.change_in_users("at_risk")
        held = then.at_risk / then.users_graded * now.users_graded
        assert parts.at_earlier_share == pytest.approx(held, abs=0.500001)
        assert parts.headcount == parts.at_earlier_share - then.at_risk


@pytest.mark.parametrize(("graded", "is_split"), [(1050, False), (1051, True), (950, False), (949, True)])
def test_a_headcount_change_of_exactly_5_percent_is_not_split(graded: int, is_split: bool) -> None:
    compared = comparison(ScoreCounts(900, 0, 0, 100), ScoreCounts(graded - 100, 0, 0, 100))
    assert (compared.parts is not None) == is_split


@pytest.mark.parametrize(
    ("then", "now", "sentence"),
    [
        (
            ScoreCounts(900, 0, 0, 80, 20),
            ScoreCounts(1090, 0, 0, 80, 30),
            "Users graded rose by 20.0%, from 1,000 to 1,200. 10 more users at risk: growth alone would have added 20; "
            "a lower share removed 10.",
        ),
        (
            ScoreCounts(90, 0, 0, 10),
            ScoreCounts(80, 0, 0, 10),
            "Users graded fell by 10.0%, from 100 to 90. As many users are at risk as before: the smaller headcount "
            "alone would have removed 1; a higher share added 1.",
        ),
        (
            ScoreCounts(90, 0, 0, 10),
            ScoreCounts(180, 0, 0, 20),
            "Users graded rose by 100.0%, from 100 to 200. 10 more users at risk: growth alone would have added 10; "
            "the share did not change.",
        ),
    ],
    ids=["growth", "smaller headcount", "growth alone"],
)
def test_a_change_of_users_graded_is_separated_from_the_change_of_the_share(
    then: ScoreCounts, now: ScoreCounts, sentence: str
) -> None:
    assert headcount_sentence(comparison(then, now)) == sentence


def test_a_summary_warns_of_headcount() -> None:
    acquired = comparison(ScoreCounts(900, 0, 0, 80, 20), ScoreCounts(1090, 0, 0, 80, 30))
    assert headcount_alert(acquired) == (
        "Users graded rose by 20.0% from 25 Oct 2026 to 24 Nov 2026 (1,000 to 1,200), so part of the change is "
        "headcount."
    )
    assert headcount_alert(comparison(ScoreCounts(9, 0, 0, 1), ScoreCounts(8, 0, 0, 2))) == ""


@pytest.mark.parametrize(
    ("then", "now", "sentence"),
    [
        (
            ScoreCounts(900, 0, 0, 80, 20),
            ScoreCounts(910, 0, 0, 70, 20),
            "From 25 Oct 2026 to 24 Nov 2026, the share of users at risk fell from 10.0% to 9.0% (−1.0 points).",
        ),
        (
            ScoreCounts(9, 0, 0, 1),
            ScoreCounts(9, 0, 0, 1),
            "From 25 Oct 2026 to 24 Nov 2026, the share of users at risk stayed at 10.0%.",
        ),
        (
            ScoreCounts(),
            ScoreCounts(1),
            "The share at risk on 25 Oct 2026 is unknown, since no users were graded.",
        ),
        (
            ScoreCounts(1),
            ScoreCounts(other=3),
            "The share at risk on 24 Nov 2026 is unknown, since no user had a grade from A to F.",
        ),
    ],
    ids=["better", "the same", "none graded then", "only other grades now"],
)
def test_a_comparison_is_stated_in_one_sentence(then: ScoreCounts, now: ScoreCounts, sentence: str) -> None:
    assert comparison_sentence(comparison(then, now)) == sentence


def test_the_numbers_behind_a_comparison_are_stated() -> None:
    compared = comparison(ScoreCounts(900, 0, 0, 80, 20), ScoreCounts(910, 0, 0, 70, 20))
    assert counts_sentence(compared) == "100 of 1,000 users had grade D or F; 30 days later, 90 of 1,000 users did."


def test_shares_in_tables_are_rounded_once() -> None:
    counts = ScoreCounts(75_958, 0, 0, 23_927)
    frame = grades_frame(Stamp("Contoso", Snapshot("contoso", NOW, counts), ZONE, NOW), None)
    share = dict(zip(frame["grade"], frame["share_percent"], strict=True))["at_risk"]
    assert formatting.format_percent(share) == formatting.format_percent(counts.share(counts.at_risk)) == "24.0%"


def test_the_csv_of_a_comparison_has_each_grade_then_and_now() -> None:
    compared = comparison(ScoreCounts(50, 20, 20, 8, 2), ScoreCounts(50, 20, 20, 15, 5))
    frame = grades_frame(Stamp("Contoso", compared.now, ZONE, NOW), compared)
    lines = to_csv(frame).decode("utf-8-sig").splitlines()
    assert lines[0] == (
        "account,source,taken_at,grade,users,share_percent,compared_with,users_then,share_then_percent,change_users,"
        "change_points,definitions"
    )
    assert {line.rpartition(",")[2] for line in lines[1:]} == {
        "At risk: Users with grade D or F. Users graded: All users with a grade."
    }
    assert (
        f"contoso,live from "
        f"Mimecast,2026-11-24T12:50:11Z,D,15,13.64,2026-10-25T12:50:11Z,8,8.0,7,5.64,{CSV_DEFINITIONS}" in lines
    )
    assert [line.split(",")[3] for line in lines[1:]] == [*"ABCDF", "at_risk", "doing_well", "users_graded"]
    assert "-0.0" not in to_csv(pd.DataFrame({"x": [-0.001, 1]})).decode("utf-8-sig")


def test_the_csv_of_two_dates_has_both_and_the_parts_of_the_change() -> None:
    compared = comparison(ScoreCounts(900, 0, 0, 80, 20), ScoreCounts(1090, 0, 0, 80, 25, 5))
    stamp = ComparedStamp("Contoso", compared.now, ZONE, NOW, compared.then)
    same = "contoso,stored, from Mimecast and live from Mimecast,2026-10-25T12:50:11Z,2026-11-24T12:50:11Z"
    lines = to_csv(comparison_frame(stamp, compared)).decode("utf-8-sig").replace('"', "").splitlines()
    assert [line.removesuffix(f",{CSV_DEFINITIONS}") for line in lines] == [
        "account,source,then_taken_at,now_taken_at,grade,users_then,users_now,net_change_users,share_then_percent,"
        "share_now_percent,net_change_points,definitions",
        f"{same},A,900,1090,190,90.0,90.83,0.83",
        f"{same},B,0,0,0,0.0,0.0,0.0",
        f"{same},C,0,0,0,0.0,0.0,0.0",
        f"{same},D,80,80,0,8.0,6.67,-1.33",
        f"{same},F,20,25,5,2.0,2.08,0.08",
        f"{same},other,0,5,5,0.0,0.42,0.42",
        f"{same},at_risk,100,105,5,10.0,8.75,-1.25",
        f"{same},doing_well,900,1090,190,90.0,90.83,0.83",
        f"{same},users_graded,1000,1200,200,100.0,100.0,0.0",
        f"{same},at_risk_headcount_part,,,20,,,",
        f"{same},at_risk_behaviour_part,,,-15,,,",
    ]
