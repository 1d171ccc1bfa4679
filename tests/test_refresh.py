"""Refreshing behind a page: once at a time, patient after a failure, never stuck."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
import streamlit as st

from mimecast.capture.background_refresh import Due, Refresher
from mimecast.capture.one_account import CapturedSnapshot
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem
from mimecast.ui import resources
from tests.support.clock import NOW
from tests.support.waiting import wait_until


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def refresher(clock: Clock) -> Refresher:
    return Refresher(clock=clock)


def works() -> CapturedSnapshot:
    return CapturedSnapshot(Snapshot("contoso", NOW, ScoreCounts(1)), ("a warning",))


def fails() -> CapturedSnapshot:
    raise Problem("Mimecast is away.")


def crashes() -> CapturedSnapshot:
    raise ZeroDivisionError


def finished(refresher: Refresher, runs: int) -> None:
    wait_until(lambda: refresher.state("contoso").completed == runs)


def test_however_many_ask_one_request_is_under_way(refresher: Refresher) -> None:
    go = threading.Event()

    def slow() -> CapturedSnapshot:
        go.wait(60)
        return works()

    began = [refresher.start("contoso", slow, automatic=automatic) for automatic in (True, True, False)]
    assert began == [True, False, False]
    assert refresher.state("contoso").in_progress
    assert refresher.start("fabrikam", works, automatic=True)
    go.set()
    finished(refresher, 1)
    state = refresher.state("contoso")
    assert (state.in_progress, state.problem, state.warnings) == (False, None, ("a warning",))


def test_after_failures_automatic_tries_wait_longer_and_longer_and_a_person_need_not(
    refresher: Refresher, clock: Clock
) -> None:
    waits = []
    for run in range(1, 8):
        assert refresher.start("contoso", fails, automatic=True)
        finished(refresher, run)
        state = refresher.state("contoso")
        assert state.not_before is not None
        waits.append(state.not_before - clock.now)
        assert not refresher.start("contoso", fails, automatic=True)
        clock.now = state.not_before
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 15, 15)]

    clock.now -= timedelta(minutes=10)
    assert refresher.start("contoso", works, automatic=False)
    finished(refresher, 8)
    assert refresher.state("contoso").problem is None
    assert refresher.start("contoso", fails, automatic=True)
    finished(refresher, 9)
    assert refresher.state("contoso").not_before == clock.now + timedelta(minutes=1)


def test_work_that_crashes_or_finds_nothing_to_do_leaves_nothing_stuck(
    refresher: Refresher, caplog: pytest.LogCaptureFixture
) -> None:
    refresher.start("contoso", crashes, automatic=False)
    finished(refresher, 1)
    wait_until(lambda: "ZeroDivisionError" in caplog.text)
    assert str(refresher.state("contoso").problem).startswith("The refresh ended unexpectedly.")
    assert refresher.start("contoso", lambda: None, automatic=False)
    finished(refresher, 2)
    assert refresher.state("contoso").problem is None


def test_a_failure_that_lasts_for_days_still_waits_a_quarter_of_an_hour(refresher: Refresher, clock: Clock) -> None:
    for run in range(1, 60):
        assert refresher.start("contoso", fails, automatic=False)
        finished(refresher, run)
    assert refresher.state("contoso").not_before == clock.now + timedelta(minutes=15)


def test_a_success_that_leaves_the_newest_snapshot_too_old_is_not_repeated_at_once(
    refresher: Refresher, clock: Clock
) -> None:
    """With a wrong clock the new snapshot is too old as soon as it is stored."""
    interval, captured = timedelta(hours=6), works().snapshot
    earlier = Snapshot("contoso", NOW - timedelta(days=9), ScoreCounts(2))
    assert refresher.start("contoso", works, automatic=True, due=Due(earlier, interval))
    finished(refresher, 1)
    for newest in (earlier, captured):
        assert not refresher.start("contoso", works, automatic=True, due=Due(newest, interval))
    assert refresher.start("contoso", works, automatic=True, due=Due(None, interval)), "the store was replaced"
    finished(refresher, 2)
    assert refresher.start("contoso", works, automatic=False, due=Due(captured, interval))
    finished(refresher, 3)
    clock.now += interval
    assert refresher.start("contoso", works, automatic=True, due=Due(captured, interval))


def test_waits_are_not_in_streamlits_caches_which_any_visitor_can_clear() -> None:
    before = resources.refresher()
    assert before.start("contoso", fails, automatic=True)
    wait_until(lambda: before.state("contoso").completed == 1)
    st.cache_data.clear()
    st.cache_resource.clear()
    try:
        assert resources.refresher() is before
        assert not resources.refresher().start("contoso", works, automatic=True)
    finally:
        resources.forget_everything()
