"""Tests of the simulated histories: rare false alarms, frequent detections, and the figures that the guide prints."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench.normal_range import CAUSES, cause_row, span_row
from bench.simulation import (
    PROCESSES,
    TWO_YEARS,
    WALK,
    Process,
    known_shares,
    measure_accuracy,
    of_few_users,
    shares_back,
    with_gaps,
    with_implausible_days,
    with_restart,
)
from mimecast.domain.causes.implausible import Implausibility, Implausible
from mimecast.domain.normal_range import JudgedChange, Verdict, judge
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.settings.project import PROJECT
from mimecast.store.annotations.notes import write_restart
from mimecast.store.causes.implausible import insert_marks
from mimecast.store.normal_range import load_judged_change
from mimecast.store.store import Store

NOW = datetime(2026, 11, 24, 12, 50, 11, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
USERS = 1000
SPANS = (7, 30, 90)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_two_years_of_chance_rarely_raise_an_alarm_and_a_real_step_nearly_always_does(process: Process) -> None:
    accuracy = measure_accuracy(process.histories(TWO_YEARS, 30), 30)
    assert (accuracy.judged, accuracy.baseline_periods) == (100, 23)
    assert accuracy.false_alarms <= 3
    assert accuracy.detections >= 90


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_guide_prints_what_the_simulation_gives(process: Process) -> None:
    guide = (PROJECT / "docs" / "normal-range.md").read_text()
    assert span_row(process, 30, TWO_YEARS) in guide


@pytest.mark.parametrize("cause", ["restart 14 months ago, noted", "1 day in 50 implausible, left out"])
@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_restarts_and_excluded_days_leave_verdicts_as_accurate_and_the_guide_prints_them(
    process: Process, cause: str
) -> None:
    accuracy = measure_accuracy(CAUSES[cause](process.histories(TWO_YEARS, 30)), 30)
    assert accuracy.judged > 99
    assert accuracy.false_alarms <= 3
    assert accuracy.detections >= 90
    assert cause_row(process, cause) in (PROJECT / "docs" / "normal-range.md").read_text()


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_restart_that_is_not_noted_hides_real_steps(process: Process) -> None:
    cause = "restart 14 months ago, not noted"
    assert measure_accuracy(CAUSES[cause](process.histories(TWO_YEARS, 30)), 30).detections < 50


def test_simulation_reads_a_restart_and_implausible_days_as_the_dashboard_does(tmp_path: Path) -> None:
    complete = of_few_users(WALK.histories(TWO_YEARS, 30)[:1], USERS, 10)
    restarted = with_implausible_days(with_restart(complete, 500, is_noted=True), 0.1, is_excluded=True)
    store = Store.open(f"sqlite:///{tmp_path}/snapshots.db")
    history = []
    for days_ago, share, simulated in zip(range(TWO_YEARS - 1, -1, -1), complete[0], restarted[0], strict=True):
        history.append(snapshot(days_ago, round(share * USERS / 100)))
        if days_ago < 500 and math.isnan(simulated):
            answer = Implausible(history[-1], Implausibility.USERS_CHANGED, NOW, USERS)
            with store.writing() as connection:
                insert_marks(connection, [answer], NOW)
    store.add(history)
    day = NOW.date() - timedelta(days=499)
    write_restart(store, "contoso", day, "Data reset", author="", now=NOW, today=NOW.date())
    for span in (7, 30):
        simulated_change = judge(known_shares(shares_back(restarted, span)[0]), span, 0.1)
        assert_close(load_judged_change(store, history[-1], ZONE, span), simulated_change)


def test_gaps_reduce_the_number_of_verdicts_but_not_their_accuracy() -> None:
    accuracy = measure_accuracy(with_gaps(WALK.histories(TWO_YEARS, 30), 0.1, outages=4, outage_days=21), 30)
    assert 80 < accuracy.judged < 100
    assert accuracy.false_alarms <= 3
    assert accuracy.detections >= 90


@pytest.mark.parametrize("number", range(3))
def test_simulation_reads_a_history_as_the_dashboard_does(number: int, tmp_path: Path) -> None:
    complete = of_few_users(WALK.histories(TWO_YEARS, 30)[:3], USERS, 10)
    shares = with_gaps(complete, 0.3, outages=4, outage_days=21)[number]
    history = [
        snapshot(days_ago, round(share * USERS / 100))
        for days_ago, share in zip(range(TWO_YEARS - 1, -1, -1), known_shares(shares), strict=True)
        if share is not None
    ]
    store = Store.open(f"sqlite:///{tmp_path}/snapshots.db")
    store.add(history)
    simulated = {span: judge(known_shares(shares_back(shares[None, :], span)[0]), span, 0.1) for span in SPANS}
    judged = [span for span, change in simulated.items() if change.verdict is not Verdict.UNKNOWN]
    assert judged
    for span in judged:
        assert_close(load_judged_change(store, history[-1], ZONE, span), simulated[span])


def snapshot(days_ago: int, at_risk: int) -> Snapshot:
    return Snapshot("contoso", NOW - timedelta(days=days_ago), ScoreCounts(USERS - at_risk, 0, 0, at_risk))


def assert_close(loaded: JudgedChange, simulated: JudgedChange) -> None:
    """Compare two verdicts; their points may differ by what floating-point numbers cannot express."""
    assert (loaded.change, loaded.low, loaded.high) == pytest.approx((simulated.change, simulated.low, simulated.high))
    assert loaded == replace(simulated, change=loaded.change, low=loaded.low, high=loaded.high)
