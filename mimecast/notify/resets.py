"""Suspicious answers: counts that cannot be true of a company, and days from which counts are not comparable.

Nothing is marked in the store yet. Once it is, these functions read the marks, and leave out what they mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mimecast.domain.causes.implausible import Implausible, find_implausible
from mimecast.domain.causes.restarts import SUGGESTION_LOOKBACK, RestartSuggestion, suggest_restart
from mimecast.domain.reporting_days import EARLIEST_DAY, DayRange, Resolution
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store


def newest_answers(store: Store, accounts: Sequence[str]) -> Mapping[str, Snapshot]:
    """Return the newest snapshot of each account that has one, plausible or not. Raises StoreError."""
    return store.newest_of(accounts)


def implausible_answers(store: Store, newest: Mapping[str, Snapshot]) -> Mapping[str, Implausible]:
    """Return why the newest snapshots that are implausible are so, by account. Raises StoreError."""
    earliest = datetime.combine(EARLIEST_DAY, datetime.min.time(), UTC)
    found = {}
    for account, snapshot in newest.items():
        (reference,) = store.last_in_each(account, [(earliest, snapshot.taken_at)])
        for implausible in find_implausible([snapshot], reference):
            found[account] = implausible
    return found


def plausible_answers(
    store: Store, newest: Mapping[str, Snapshot], implausible: Mapping[str, Implausible]
) -> Mapping[str, Snapshot]:
    """Return the newest plausible snapshot of each account, from which changes and targets are judged."""
    return {account: snapshot for account, snapshot in newest.items() if account not in implausible}


def suggested_restarts(
    store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo
) -> Mapping[str, RestartSuggestion]:
    """Return the baseline restart to suggest, by account. Raises StoreError."""
    days = DayRange(today - SUGGESTION_LOOKBACK, today, zone).split(Resolution.DAY)
    levels = store.risk_levels_in_each(accounts, [bounds for _, bounds in days])
    suggestions = {}
    for account, found in levels.items():
        pairs = zip(days, found, strict=True)
        users = [(period.first, level.users_graded) for (period, _), level in pairs if level and level.users_graded]
        if suggestion := suggest_restart(users, settled=()):
            suggestions[account] = suggestion
    return suggestions
