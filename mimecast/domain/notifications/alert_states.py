"""States of the alert rules: which change of a state is an alert, and when a state that raised one has ended.

Each rule says in which state an account is, for example `stale`; the conditions are in `notify/alert_rules.py`. The
state that was alerted last is stored; an alert is a change of it. States that a value near a limit could enter and
leave every day end only after `QUIET_DAYS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import reporting_day

QUIET_DAYS: Final = 7
"""Reporting days for which a change is normal again, or a target on track again, before the earlier state has ended."""


class Rule(StrEnum):
    """The rules, by the names that the settings and the store use."""

    CHANGE = "change"
    TARGET = "target"
    STALE = "stale"
    RESET = "reset"
    RESTART = "restart"
    """A part of `reset` with states of its own."""


CONFIGURABLE_RULES: Final = (Rule.CHANGE, Rule.TARGET, Rule.STALE, Rule.RESET)
"""The rules that the settings name."""


class State(StrEnum):
    """The states of the rules. The values are stored."""

    NORMAL = "normal"
    ABOVE = "above"
    BELOW = "below"
    ON_TRACK = "on track"
    OFF_TRACK = "off track"
    REACHED = "reached"
    MISSED = "missed"
    FRESH = "fresh"
    STALE = "stale"
    PLAUSIBLE = "plausible"
    IMPLAUSIBLE = "implausible"
    RESTART = "restart"
    """Counts from a day on are probably not comparable with earlier ones."""


SILENT_AT_FIRST: Final = frozenset({State.NORMAL, State.ON_TRACK, State.REACHED, State.FRESH, State.PLAUSIBLE})
"""States that are no news where nothing was known before."""

ALWAYS_SILENT: Final = frozenset({State.NORMAL, State.PLAUSIBLE})
"""States that end an alert without a message."""

IMMEDIATE: Final = frozenset(
    {
        State.ABOVE,
        State.BELOW,
        State.MISSED,
        State.FRESH,
        State.STALE,
        State.PLAUSIBLE,
        State.IMPLAUSIBLE,
        State.RESTART,
    }
)
"""States that count as soon as they are observed, regardless of the state before."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The state of one rule for one account, as of `at` (UTC).

    `subject` is what the state is of, where there can be several: the target or the snapshot. An observation of another
    subject than before is compared with nothing. `headline` and `reason` are sentences for the reader of an alert.
    """

    account: str
    rule: Rule
    state: State
    at: datetime
    headline: str
    reason: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class AlertState:
    """The stored state of one rule for one account.

    `number` counts the changes, from 1. `left_at` is when another state was first observed (UTC), while it is not yet
    known whether this one has ended.
    """

    account: str
    rule: Rule
    number: int
    state: State
    subject: str
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of a stored state, to be stored; `is_alert` says whether it is sent."""

    observation: Observation
    after: AlertState
    is_alert: bool

    @property
    def id(self) -> str:
        """An id that only this change of this state has, so that of two machines only one can store it."""
        parts = (self.after.account, self.after.rule.value, str(self.after.number))
        return sha256("\0".join(parts).encode()).hexdigest()[:32]


def next_state(observation: Observation, before: AlertState | None, zone: ZoneInfo) -> Transition | None:
    """Return the change that an observation makes to the stored state `before`, or None without one."""
    if before is None or before.subject != observation.subject:
        return _changed(observation, before, is_alert=observation.state not in SILENT_AT_FIRST)
    if observation.state is before.state:
        return _same(observation, before, None) if before.left_at else None
    if _is_immediate(before.state, observation.state):
        return _changed(observation, before, is_alert=observation.state not in ALWAYS_SILENT)
    if before.left_at is None:
        return _same(observation, before, observation.at)
    quiet = reporting_day(observation.at, zone) - reporting_day(before.left_at, zone)
    if quiet.days >= QUIET_DAYS:
        return _changed(observation, before, is_alert=observation.state not in ALWAYS_SILENT)
    return None


def latest_states(states: list[AlertState]) -> Mapping[tuple[str, Rule], AlertState]:
    """Return the state with the highest number of each account and rule."""
    return {(state.account, state.rule): state for state in sorted(states, key=lambda state: state.number)}


def _is_immediate(before: State, now: State) -> bool:
    if before is State.ON_TRACK:
        return True  # reached, missed and off track are all news
    return now in IMMEDIATE or (before is State.OFF_TRACK and now is State.REACHED)


def _changed(observation: Observation, before: AlertState | None, *, is_alert: bool) -> Transition:
    number = before.number + 1 if before else 1
    after = AlertState(observation.account, observation.rule, number, observation.state, observation.subject)
    return Transition(observation, after, is_alert)


def _same(observation: Observation, before: AlertState, left_at: datetime | None) -> Transition:
    after = AlertState(before.account, before.rule, before.number + 1, before.state, before.subject, left_at)
    return Transition(observation, after, is_alert=False)
