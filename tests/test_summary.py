"""The summary: how many users are at risk, since when that is fewer or more, and whether the change is normal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mimecast.domain.comparison import Comparison, MissingComparison, MissingReason
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import Target, TargetProgress, TargetStatus
from mimecast.text.changes import recent_change_sentence
from mimecast.text.headline import headline
from mimecast.text.summary import summarize
from tests.support.clock import NOW, TODAY

WITHIN = JudgedChange(Verdict.WITHIN, 30, -0.4, -2.1, 1.6, 23)


def comparison(then: ScoreCounts, now: ScoreCounts, days: int = 30) -> Comparison:
    earlier, later = Snapshot("contoso", NOW - timedelta(days=days), then), Snapshot("contoso", NOW, now)
    return Comparison(later, earlier, TODAY, TODAY - timedelta(days=days))


FEW, MANY, NONE = ScoreCounts(894, 0, 0, 106), ScoreCounts(859, 0, 0, 141), ScoreCounts()


@pytest.mark.parametrize(
    ("then", "now", "days", "expected"),
    [
        (MANY, FEW, 366, "10.6% of users are at risk, down from 14.1% a year ago"),
        (FEW, MANY, 90, "14.1% of users are at risk, up from 10.6% on 26 Aug 2026"),
        (FEW, FEW, 365, "10.6% of users are at risk, the same as a year ago"),
        (FEW, FEW, 30, "10.6% of users are at risk, the same as on 25 Oct 2026"),
        (NONE, FEW, 30, "10.6% of users are at risk"),
        (FEW, NONE, 30, "No users are graded"),
        (FEW, ScoreCounts(other=3), 30, "No user has a grade from A to F"),
    ],
)
def test_the_headline_is_one_sentence(then: ScoreCounts, now: ScoreCounts, days: int, expected: str) -> None:
    compared = comparison(then, now, days)
    assert headline(compared.now, compared) == expected


def test_a_headline_about_a_past_period_has_its_date_and_the_past_tense() -> None:
    compared = comparison(ScoreCounts(859, 0, 0, 141), ScoreCounts(894, 0, 0, 106), 366)
    assert headline(compared.now, compared, TODAY) == (
        "10.6% of users were at risk on 24 Nov 2026, down from 14.1% a year earlier"
    )
    assert headline(Snapshot("contoso", NOW, ScoreCounts()), None, TODAY) == "No users were graded on 24 Nov 2026"


@pytest.mark.parametrize(
    ("then", "now", "judged", "expected"),
    [
        (
            ScoreCounts(886, 0, 0, 114),
            ScoreCounts(894, 0, 0, 106),
            WITHIN,
            "Down 0.8 points in 30 days, a normal change for this account (normal: −2.1 to +1.6 points).",
        ),
        (
            ScoreCounts(900, 0, 0, 100),
            ScoreCounts(930, 0, 0, 70),
            replace(WITHIN, verdict=Verdict.OUTSIDE, change=-3.0),
            "Down 3.0 points in 30 days, below the normal range for this account (normal: −2.1 to +1.6 points).",
        ),
        (
            ScoreCounts(90, 0, 0, 10),
            ScoreCounts(90, 0, 0, 10),
            WITHIN,
            "Unchanged in 30 days, a normal change for this account (normal: −2.1 to +1.6 points).",
        ),
        (
            ScoreCounts(89, 0, 0, 11),
            ScoreCounts(90, 0, 0, 10),
            JudgedChange(Verdict.UNKNOWN, 30, -1.0, None, None, 2, date(2026, 12, 26)),
            "Down 1.0 points in 30 days. The normal range is known after 13 months of history (from 26 Dec 2026).",
        ),
        (ScoreCounts(89, 0, 0, 11), ScoreCounts(90, 0, 0, 10), None, "Down 1.0 points in 30 days."),
        (
            ScoreCounts(),
            ScoreCounts(90, 0, 0, 10),
            WITHIN,
            "On 25 Oct 2026, no users were graded, so the change is unknown.",
        ),
    ],
)
def test_the_change_in_30_days_is_stated_with_what_is_normal(
    then: ScoreCounts, now: ScoreCounts, judged: JudgedChange | None, expected: str
) -> None:
    assert recent_change_sentence(comparison(then, now), 30, judged) == expected


def test_where_an_earlier_day_represents_the_requested_one_its_date_is_given() -> None:
    compared = comparison(ScoreCounts(89, 0, 0, 11), ScoreCounts(90, 0, 0, 10), 33)
    assert recent_change_sentence(compared, 30, None) == "Down 1.0 points since 22 Oct 2026 (33 days)."


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (
            MissingComparison(MissingReason.TOO_YOUNG, date(2026, 10, 25), date(2026, 11, 14)),
            "First comparison over 30 days: 14 Dec 2026.",
        ),
        (
            MissingComparison(MissingReason.GAP, date(2026, 10, 25), date(2026, 1, 1)),
            "No snapshot was taken on 25 Oct 2026 or in the 7 days before, so the change in 30 days is unknown.",
        ),
    ],
)
def test_without_an_earlier_snapshot_the_reason_is_given(missing: MissingComparison, expected: str) -> None:
    assert recent_change_sentence(missing, 30, WITHIN) == expected


def test_the_sentences_after_the_headline_are_counts_change_headcount_and_target() -> None:
    recent = comparison(ScoreCounts(90, 0, 0, 10), ScoreCounts(107, 0, 0, 13))
    target = Target("contoso", 8.0, date(2027, 5, 1), "", NOW)
    summary = summarize(
        recent.now,
        since=recent,
        recent=recent,
        recent_days=30,
        judged=WITHIN,
        progress=TargetProgress(target, TargetStatus.ON_TRACK, TODAY, TODAY, 10.8, 11.0),
    )
    assert summary.sentences == (
        "13 of 120 users (grade D or F).",
        "Up 0.8 points in 30 days, a normal change for this account (normal: −2.1 to +1.6 points).",
        "Users graded rose by 20.0% from 25 Oct 2026 to 24 Nov 2026 (100 to 120), so part of the change is headcount.",
        "Target 8% by May 2027: on track.",
    )


def test_a_summary_without_users_graded_says_when_there_will_be() -> None:
    newest = Snapshot("contoso", NOW, ScoreCounts())
    missing = MissingComparison(MissingReason.TOO_YOUNG, date(2026, 10, 25), TODAY)
    summary = summarize(newest, since=None, recent=missing, recent_days=30, judged=WITHIN, progress=None)
    assert summary.headline == "No users are graded"
    assert summary.sentences == ("Grades appear once users engage with training.",)


def test_a_summary_with_undocumented_grades_only_names_them() -> None:
    newest = Snapshot("contoso", NOW, ScoreCounts(other=3), other_letters="E")
    summary = summarize(newest, since=None, recent=None, recent_days=30, judged=None, progress=None)
    assert summary.sentences == (
        "All 3 users have grades that Mimecast does not document (E), so the share at risk is unknown.",
    )
