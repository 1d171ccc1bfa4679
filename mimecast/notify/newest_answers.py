"""What is suspicious about the newest answers: counts that cannot be true of a company, and suggested restarts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from mimecast.domain.causes.implausible import Implausible
from mimecast.domain.causes.restarts import RestartSuggestion
from mimecast.domain.snapshot import Snapshot
from mimecast.store.causes.implausible import load_open_marks
from mimecast.store.causes.restarts import load_suggestion
from mimecast.store.store import Store


def newest_answers(store: Store, accounts: Sequence[str]) -> Mapping[str, Snapshot]:
    """Return the newest snapshot of each account that has one, plausible or not. Raises StoreError."""
    return store.newest_of(accounts, include_marked=True)


def implausible_answers(store: Store, newest: Mapping[str, Snapshot]) -> Mapping[str, Implausible]:
    """Return why the newest snapshots that no reader has judged are implausible, by account. Raises StoreError."""
    marks = {account: load_open_marks(store, account) for account in newest}
    return {
        account: open_marks[-1].implausible
        for account, open_marks in marks.items()
        if open_marks and open_marks[-1].snapshot.taken_at == newest[account].taken_at
    }


def plausible_answers(store: Store, accounts: Sequence[str]) -> Mapping[str, Snapshot]:
    """Return the newest plausible snapshot of each account, from which changes and targets are judged."""
    return store.newest_of(accounts)


def suggested_restarts(
    store: Store, accounts: Sequence[str], today: date, zone: ZoneInfo
) -> Mapping[str, RestartSuggestion]:
    """Return the baseline restart to suggest, by account. Raises StoreError."""
    suggestions = {account: load_suggestion(store, account, today, zone) for account in accounts}
    return {account: suggestion for account, suggestion in suggestions.items() if suggestion}
