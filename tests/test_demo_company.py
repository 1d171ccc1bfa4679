"""The demo company: two years that look like those of a real one, the same on every machine."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from mimecast.domain.scores import GRADES
from mimecast.sandbox.demo_company import (
    DAYS_WITHOUT_SNAPSHOT,
    HISTORY_DAYS,
    PHISHING_DAY,
    REORGANISATION_DAY,
    RESTART_DAY,
    DemoCompany,
)
from tests.support.clock import TODAY


def test_everyone_sees_the_same_story() -> None:
    assert DemoCompany(TODAY).history() == DemoCompany(TODAY).history()
    assert DemoCompany(TODAY).history() != DemoCompany(TODAY, seed=1).history()


def test_the_story_ends_today_on_any_day() -> None:
    later = TODAY + timedelta(days=100)
    assert DemoCompany(later).counts_on(later) == DemoCompany(TODAY).counts_on(TODAY)
    assert [counts for _, counts in DemoCompany(later).history()] == [
        counts for _, counts in DemoCompany(TODAY).history()
    ]


def test_the_past_is_two_years_long_and_ends_yesterday(company: DemoCompany) -> None:
    taken = [at for at, _ in company.history()]
    assert taken[0].date() == company.first_day == TODAY - timedelta(days=HISTORY_DAYS)
    assert taken[-1].date() == TODAY - timedelta(days=1)
    assert taken == sorted(set(taken))
    assert {at.utcoffset() for at in taken} == {timedelta(0)}


def test_the_past_lacks_a_fortnight_and_two_single_days(company: DemoCompany) -> None:
    days = [at.date() for at, _ in company.history()]
    gaps = [(after - before).days - 1 for before, after in pairwise(days) if after - before > timedelta(days=1)]
    assert sorted(gaps) == [1, 1, 14]
    assert len(days) == HISTORY_DAYS - len(DAYS_WITHOUT_SNAPSHOT)


def day_of(company: DemoCompany, number: int) -> date:
    return company.first_day + timedelta(days=number)


def share_at_risk(company: DemoCompany, number: int) -> float:
    """Return the mean share of a week, so that no single day decides."""
    week = [company.counts_on(day_of(company, day)) for day in range(number, number + 7)]
    return 100 * sum(counts.at_risk for counts in week) / sum(counts.users_graded for counts in week)


def test_the_reorganisation_brings_users_who_need_training(company: DemoCompany) -> None:
    before, after = (
        company.counts_on(day_of(company, number)).users_graded
        for number in (REORGANISATION_DAY, REORGANISATION_DAY + 5)
    )
    assert after - before > 60
    assert share_at_risk(company, REORGANISATION_DAY + 5) > share_at_risk(company, REORGANISATION_DAY - 7)


def test_the_company_gets_better_over_two_years(company: DemoCompany) -> None:
    assert share_at_risk(company, HISTORY_DAYS - 6) < share_at_risk(company, 0) - 3
    start, end = company.counts_on(company.first_day), company.counts_on(TODAY)
    assert (end.share(end.doing_well) or 0) > (start.share(start.doing_well) or 100)


def test_many_fall_for_the_phishing_campaign_and_are_trained(company: DemoCompany) -> None:
    before, after, trained = (
        share_at_risk(company, number) for number in (PHISHING_DAY - 7, PHISHING_DAY + 6, PHISHING_DAY + 75)
    )
    assert after > before + 1
    assert trained < before


def test_every_day_of_the_story_has_everyone_in_a_grade(company: DemoCompany) -> None:
    for number in range(HISTORY_DAYS + 1):
        counts = company.counts_on(day_of(company, number))
        assert counts.users_graded == sum(counts.users(grade) for grade in GRADES)
        assert min(counts.users(grade) for grade in GRADES) > 0
        assert 1000 < counts.users_graded < 1300


def test_the_headcount_changes_by_a_few_users_a_day_but_for_two_events(
    company: DemoCompany,
) -> None:
    users = [company.counts_on(day_of(company, number)).users_graded for number in range(HISTORY_DAYS + 1)]
    changes = [abs(after - before) for before, after in pairwise(users)]
    del changes[REORGANISATION_DAY : REORGANISATION_DAY + 5]
    assert changes.pop(RESTART_DAY - 1) > 150
    assert max(changes) <= 10


def test_days_outside_the_story_are_answered_too(company: DemoCompany) -> None:
    assert company.counts_on(company.first_day - timedelta(days=1000)) == company.counts_on(company.first_day)
    far = company.counts_on(TODAY + timedelta(days=5000))
    assert far == company.counts_on(TODAY + timedelta(days=10_000))
    assert far.users_graded > 1000
