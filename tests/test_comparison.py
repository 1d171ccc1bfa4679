"""Now against then, in numbers and in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast import formatting
from mimecast.domain.comparison import ChangeParts, Comparison
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.tables import CSV_DEFINITIONS, comparison_frame, grades_frame, to_csv
from mimecast.store.comparisons import compare_back
from mimecast.store.store import Store
from mimecast.text.stamp import ComparedStamp, Stamp
from mimecast.text.summaries import comparison_summary, headcount_summary, headline
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
    assert (compared.days if compared else None) == chosen
    if compared:
        assert compared.then == days_ago(compared.days, compared.days + 1)
        assert compared.then_day == date(2026, 11, 24) - timedelta(days=compared.days)


def test_the_last_snapshot_of_that_day_is_taken(store: Store) -> None:
    early, late = days_ago(30, 1), Snapshot("contoso", NOW - timedelta(days=30, hours=-5), ScoreCounts(2))
    store.add([early, late])
    compared = compare_back(store, days_ago(0, 1), 30, ZONE)
    assert compared is not None
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


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (
            ScoreCounts(878, 0, 0, 122),
            ScoreCounts(860, 0, 0, 140),
            "140 of 1,000 users (14.0 %) are at risk (grade D or F). That is 1.8 points more than on 25 Oct 2026, "
            "30 days earlier.",
        ),
        (
            ScoreCounts(8, 0, 0, 2),
            ScoreCounts(9, 0, 0, 1),
            "1 of 10 users (10.0 %) is at risk (grade D or F). That is 10.0 points less than on 25 Oct 2026, "
            "30 days earlier.",
        ),
        (
            ScoreCounts(1),
            ScoreCounts(1),
            "0 of 1 user (0.0 %) are at risk (grade D or F). "
            "That is the same share as on 25 Oct 2026, 30 days earlier.",
        ),
        (
            ScoreCounts(),
            ScoreCounts(1, 0, 0, 0, 1),
            "1 of 2 users (50.0 %) is at risk (grade D or F). There is no snapshot from about 30 days earlier to "
            "compare with.",
        ),
    ],
    ids=["worse", "better", "the same", "nobody was graded then"],
)
def test_the_headline_says_it_in_one_breath(then: ScoreCounts, now: ScoreCounts, said: str) -> None:
    compared = comparison(then, now)
    assert str(headline(compared.now, compared, 30)) == said


def test_the_headline_without_anything_to_compare_or_anybody_graded() -> None:
    lonely = Snapshot("contoso", NOW, ScoreCounts(9, 0, 0, 1))
    assert str(headline(lonely, None, 30)).endswith("There is no snapshot from about 30 days earlier to compare with.")
    assert str(headline(Snapshot("contoso", NOW, ScoreCounts()), None, 30)).startswith("Nobody is graded yet")


USERS = some.integers(0, 5000)
COUNTS = some.builds(ScoreCounts, USERS, USERS, USERS, USERS, USERS, some.integers(0, 3))


@given(COUNTS, COUNTS)
def test_headcount_and_behaviour_add_up_to_the_change_exactly_and_only_a_notable_headcount_is_split(
    then: ScoreCounts, now: ScoreCounts
) -> None:
    compared = comparison(then, now)
    parts = compared.parts
    moved_much = then.users_graded > 0 and 20 * abs(now.users_graded - then.users_graded) > then.users_graded
    assert (parts is not None) == moved_much == bool(headcount_summary(compared))
    if parts:
        assert parts.headcount + parts.behaviour == parts.whole == compared.change_in_users("at_risk")
        held = then.at_risk / then.users_graded * now.users_graded
        assert parts.at_earlier_share == pytest.approx(held, abs=0.500001)
        assert parts.headcount == parts.at_earlier_share - then.at_risk


@pytest.mark.parametrize(("graded", "is_split"), [(1050, False), (1051, True), (950, False), (949, True)])
def test_five_per_cent_is_not_yet_more_than_five_per_cent(graded: int, is_split: bool) -> None:
    compared = comparison(ScoreCounts(900, 0, 0, 100), ScoreCounts(graded - 100, 0, 0, 100))
    assert (compared.parts is not None) == is_split


def test_how_much_is_headcount_is_said_in_a_sentence() -> None:
    acquired = comparison(ScoreCounts(900, 0, 0, 80, 20), ScoreCounts(1090, 0, 0, 80, 30))
    assert acquired.parts == ChangeParts(whole=10, headcount=20, behaviour=-10, at_earlier_share=120)
    assert headcount_summary(acquired) == (
        "Users graded rose by 20.0 %, from 1,000 to 1,200. Of the net change of +10 in users at risk, +20 are "
        "headcount (at the share of 25 Oct 2026, 1,200 users would have 120 at risk) and -10 are behaviour (the share "
        "itself changed)."
    )
    left = comparison(ScoreCounts(90, 0, 0, 10), ScoreCounts(80, 0, 0, 10))
    assert "Users graded fell by 10.0 %" in headcount_summary(left)
    assert "-1 is headcount" in headcount_summary(left)
    assert "+1 is behaviour" in headcount_summary(left)


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (
            ScoreCounts(900, 0, 0, 80, 20),
            ScoreCounts(910, 0, 0, 70, 20),
            "From 25 Oct 2026 to 24 Nov 2026 the share of users at risk (grade D or F) went from 10.0 % to 9.0 %: "
            "1.0 point less (net movement over 30 days: 100 of 1,000 users then, 90 of 1,000 users now).",
        ),
        (
            ScoreCounts(9, 0, 0, 1),
            ScoreCounts(9, 0, 0, 1),
            "From 25 Oct 2026 to 24 Nov 2026 the share of users at risk (grade D or F) stayed at 10.0 % "
            "(net movement over 30 days: 1 of 10 users then, 1 of 10 users now).",
        ),
        (
            ScoreCounts(),
            ScoreCounts(1),
            "From 25 Oct 2026 to 24 Nov 2026 no share can be compared: nobody was graded then "
            "(net movement over 30 days: 0 of 0 users then, 0 of 1 user now).",
        ),
    ],
    ids=["better", "the same", "nobody was graded then"],
)
def test_a_comparison_is_said_in_one_sentence(then: ScoreCounts, now: ScoreCounts, said: str) -> None:
    assert str(comparison_summary(comparison(then, now))) == said


def test_without_a_second_day_nothing_is_compared() -> None:
    assert str(comparison_summary(None)) == "Nothing is compared: that needs a snapshot of each of two days."


def test_shares_in_tables_are_rounded_once() -> None:
    counts = ScoreCounts(75_958, 0, 0, 23_927)
    frame = grades_frame(Stamp("Contoso", Snapshot("contoso", NOW, counts), ZONE, NOW), None)
    share = dict(zip(frame["grade"], frame["share_percent"], strict=True))["at_risk"]
    assert formatting.format_percent(share) == formatting.format_percent(counts.share(counts.at_risk)) == "24.0 %"


def test_the_csv_of_a_comparison_has_each_grade_then_and_now() -> None:
    compared = comparison(ScoreCounts(50, 20, 20, 8, 2), ScoreCounts(50, 20, 20, 15, 5))
    frame = grades_frame(Stamp("Contoso", compared.now, ZONE, NOW), compared)
    lines = to_csv(frame).decode().splitlines()
    assert lines[0] == (
        "account,source,taken_at,grade,users,share_percent,compared_with,users_then,share_then_percent,change_users,"
        "change_points,definitions"
    )
    assert {line.rpartition(",")[2] for line in lines[1:]} == {
        "At risk: Users with grade D or F. Users graded: Everybody with a grade."
    }
    assert (
        f"contoso,live from "
        f"Mimecast,2026-11-24T12:50:11Z,D,15,13.64,2026-10-25T12:50:11Z,8,8.0,7,5.64,{CSV_DEFINITIONS}" in lines
    )
    assert [line.split(",")[3] for line in lines[1:]] == [*"ABCDF", "at_risk", "doing_well", "users_graded"]
    assert "-0.0" not in to_csv(pd.DataFrame({"x": [-0.001, 1]})).decode()


def test_the_csv_of_two_dates_has_both_and_the_parts_of_the_change() -> None:
    compared = comparison(ScoreCounts(900, 0, 0, 80, 20), ScoreCounts(1090, 0, 0, 80, 25, 5))
    stamp = ComparedStamp("Contoso", compared.now, ZONE, NOW, compared.then)
    same = "contoso,stored, from Mimecast and live from Mimecast,2026-10-25T12:50:11Z,2026-11-24T12:50:11Z"
    lines = to_csv(comparison_frame(stamp, compared)).decode().replace('"', "").splitlines()
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


WRITTEN = [
    (formatting.format_int(1204), "1,204"),
    (formatting.format_percent(11), "11.0 %"),
    (formatting.format_percent(None), "–"),
    (formatting.format_points(-1.24), "-1.2 points"),
    (formatting.format_points(0.4), "+0.4 points"),
    (formatting.format_points(-0.04), "0.0 points"),
    (formatting.format_points(None), "–"),
    (formatting.format_signed(14), "+14"),
    (formatting.format_signed(-1204), "-1,204"),
    (formatting.format_signed(0), "0"),
    (formatting.pluralize(1, "user"), "1 user"),
    (formatting.format_date(date(2026, 3, 4)), "4 Mar 2026"),
    (formatting.format_datetime(datetime.fromisoformat("2026-11-24T03:00:00+00:00"), ZONE), "24 Nov 2026, 03:00 UTC"),
    (
        formatting.format_datetime(datetime.fromisoformat("2026-07-24T03:00:00+00:00"), ZoneInfo("Europe/London")),
        "24 Jul 2026, 04:00 Europe/London",
    ),
    (formatting.format_age(timedelta(seconds=59)), "just now"),
    (formatting.format_age(timedelta(seconds=-5)), "just now"),
    (formatting.format_age(timedelta(minutes=1)), "1 minute ago"),
    (formatting.format_age(timedelta(hours=23, minutes=59)), "23 hours ago"),
    (formatting.format_age(timedelta(days=21)), "21 days ago"),
    (formatting.format_duration(timedelta(hours=6)), "6 hours"),
    (formatting.format_duration(timedelta(minutes=90)), "90 minutes"),
    (formatting.join_and(["A", "B", "C"]), "A, B and C"),
]


def test_numbers_dates_and_spans_are_written_one_way() -> None:
    assert [written for written, _ in WRITTEN] == [expected for _, expected in WRITTEN]
