"""The conditions of the alert rules: load what they need, and say in which state of each rule an account is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mimecast.domain.causes.implausible import Implausible
from mimecast.domain.comparison import Comparison
from mimecast.domain.freshness import STALE_AFTER, stale_after
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.notifications.alert_states import Observation, Rule, State
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scheduled_runs import Run
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import TargetStatus
from mimecast.notify.newest_answers import (
    implausible_answers,
    newest_answers,
    plausible_answers,
    suggested_restarts,
)
from mimecast.store.annotations.targets import load_progress
from mimecast.store.comparisons import compare_back
from mimecast.store.normal_range import load_judged_changes
from mimecast.store.scheduled_runs import load_schedule_status, newest_runs
from mimecast.store.store import Store
from mimecast.text.notifications.alerts import (
    change_alert,
    fresh_alert,
    implausible_alert,
    no_change_alert,
    restart_alert,
    stale_alert,
    target_alert,
)

TARGET_STATES: Mapping[TargetStatus, State] = {
    TargetStatus.REACHED: State.REACHED,
    TargetStatus.MISSED: State.MISSED,
    TargetStatus.ON_TRACK: State.ON_TRACK,
    TargetStatus.OFF_TRACK: State.OFF_TRACK,
}


@dataclass(frozen=True, slots=True)
class Observations:
    """What was observed of several accounts, and the newest snapshot, plausible or not, of each that has one."""

    observations: tuple[Observation, ...]
    newest: Mapping[str, Snapshot]


def observe(
    store: Store, accounts: Collection[str], rules: Collection[Rule], zone: ZoneInfo, now: datetime
) -> Observations:
    """Return the states of the accounts by the given rules, where they are known. Raises StoreError."""
    ids = sorted(accounts)
    answers = newest_answers(store, ids)
    implausible = implausible_answers(store, answers)
    newest = plausible_answers(store, ids)
    observations: list[Observation] = []
    if Rule.STALE in rules:
        for account in ids:
            observations += _freshness(store, account, answers.get(account), now, zone)
    if Rule.RESET in rules:
        observations += _plausibility(answers, implausible, zone)
        observations += _restarts(store, newest, now, zone)
    if Rule.CHANGE in rules:
        judged = load_judged_changes(store, list(newest.values()), zone)
        for account, snapshot in newest.items():
            observations += _change(store, snapshot, judged[account], zone)
    if Rule.TARGET in rules:
        for snapshot in newest.values():
            observations += _target(store, snapshot, now, zone)
    observations.sort(key=lambda observation: ids.index(observation.account))
    return Observations(tuple(observations), answers)


def _change(store: Store, newest: Snapshot, judged: JudgedChange, zone: ZoneInfo) -> Iterator[Observation]:
    if judged.verdict is Verdict.UNKNOWN or judged.change is None:
        return
    if judged.verdict is Verdict.WITHIN:
        yield Observation(newest.account, Rule.CHANGE, State.NORMAL, newest.taken_at, *no_change_alert(judged))
        return
    comparison = compare_back(store, newest, judged.span, zone)
    if isinstance(comparison, Comparison):
        state = State.ABOVE if judged.change > 0 else State.BELOW
        yield Observation(newest.account, Rule.CHANGE, state, newest.taken_at, *change_alert(comparison, judged))


def _target(store: Store, newest: Snapshot, now: datetime, zone: ZoneInfo) -> Iterator[Observation]:
    progress = load_progress(store, newest.account, newest, zone, reporting_day(now, zone))
    if progress is None or progress.status is TargetStatus.UNKNOWN:
        return
    state, subject = TARGET_STATES[progress.status], f"{progress.target.set_at:%Y-%m-%dT%H:%M:%SZ}"
    sentences = target_alert(progress, newest, zone)
    yield Observation(newest.account, Rule.TARGET, state, newest.taken_at, *sentences, subject)


def _freshness(
    store: Store, account: str, newest: Snapshot | None, now: datetime, zone: ZoneInfo
) -> Iterator[Observation]:
    """Observe how old the newest snapshot is; without one, how long ago the first run was recorded."""
    if newest and now - newest.taken_at < STALE_AFTER:
        yield Observation(account, Rule.STALE, State.FRESH, now, *fresh_alert(newest, zone))
        return
    schedule = load_schedule_status(store, account)
    since = newest.taken_at if newest else _first_run(store, account)
    if since is None:
        return
    if now - since >= stale_after(schedule.interval):
        yield Observation(account, Rule.STALE, State.STALE, now, *stale_alert(newest, schedule.last, now, zone))
    elif newest:
        yield Observation(account, Rule.STALE, State.FRESH, now, *fresh_alert(newest, zone))


def _first_run(store: Store, account: str) -> datetime | None:
    runs: list[Run] = newest_runs(store, account)
    return runs[-1].started if runs else None


def _plausibility(
    answers: Mapping[str, Snapshot], implausible: Mapping[str, Implausible], zone: ZoneInfo
) -> Iterator[Observation]:
    for account, snapshot in answers.items():
        mark = implausible.get(account)
        state = State.IMPLAUSIBLE if mark else State.PLAUSIBLE
        sentences = implausible_alert(mark, zone) if mark else ("plausible answer", "")
        yield Observation(account, Rule.RESET, state, snapshot.taken_at, *sentences)


def _restarts(store: Store, newest: Mapping[str, Snapshot], now: datetime, zone: ZoneInfo) -> Iterator[Observation]:
    suggestions = suggested_restarts(store, list(newest), reporting_day(now, zone), zone)
    for account, suggestion in suggestions.items():
        at, sentences = newest[account].taken_at, restart_alert(suggestion)
        yield Observation(account, Rule.RESTART, State.RESTART, at, *sentences, str(suggestion.day))
