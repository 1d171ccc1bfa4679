"""Tests of the simulated histories: rare false alarms, frequent detections, and the figures that the guide prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench.normal_range import span_row
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
)
from mimecast.domain.normal_range import JudgedChange, Verdict, judge
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.settings.project import PROJECT
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
