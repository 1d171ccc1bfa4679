"""Baseline restarts in the store, and the suggestion of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mimecast.domain.causes.restarts import SUGGESTION_LOOKBACK, Restart, RestartSuggestion, suggest_restart
from mimecast.domain.reporting_days import DayRange, Resolution
from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.tables import dismissed_restarts, notes, restart_notes
from mimecast.store.database.transactions import upsert
from mimecast.store.snapshot_rows import to_seconds
from mimecast.store.store import Store


def load_restarts(store: Store, account: str) -> tuple[Restart, ...]:
    """Return the account's baseline restarts, oldest first. Raises StoreError."""
    return load_restarts_of(store, [account])[account]


def load_restarts_of(store: Store, accounts: Sequence[str]) -> dict[str, tuple[Restart, ...]]:
    """Return the baseline restarts of each account, oldest first. Raises StoreError."""
    restarts: dict[str, list[Restart]] = {account: [] for account in accounts}
    if not store.has_table(restart_notes):
        return dict.fromkeys(accounts, ())
    with store.reading() as connection:
        for start in range(0, len(accounts), BATCH_ROWS):
            batch = accounts[start : start + BATCH_ROWS]
            query = (
                select(notes.c.account, notes.c.day, notes.c.text)
                .join_from(restart_notes, notes, restart_notes.c.note_id == notes.c.id)
                .where(restart_notes.c.account.in_(batch))
                .order_by(notes.c.day, notes.c.written_at)
            )
            for account, day, text in connection.execute(query):
                restarts.setdefault(account, []).append(Restart(day, text))
    return {account: tuple(of_account) for account, of_account in restarts.items()}


def load_suggestion(store: Store, account: str, today: date, zone: ZoneInfo) -> RestartSuggestion | None:
    """Return the restart to suggest to a reader, if there is one. Raises StoreError."""
    days = DayRange(today - SUGGESTION_LOOKBACK, today, zone).split(Resolution.DAY)
    levels = store.risk_levels_in_each([account], [bounds for _, bounds in days])[account]
    users = [(period.first, level.users_graded) for (period, _), level in zip(days, levels, strict=True) if level]
    settled = [restart.day for restart in load_restarts(store, account)]
    return suggest_restart(users, [*settled, *_dismissed_days(store, account, today)])


def dismiss_suggestion(store: Store, account: str, day: date, *, author: str, now: datetime) -> None:
    """Do not suggest a restart within a week of a day any more. Raises StoreError."""
    values = {"account": account, "day": day, "author": author, "dismissed_at": to_seconds(now)}
    with store.writing() as connection:
        connection.execute(upsert(dismissed_restarts, connection).on_conflict_do_nothing(), [values])


def _dismissed_days(store: Store, account: str, today: date) -> list[date]:
    if not store.has_table(dismissed_restarts):
        return []
    earliest = today - SUGGESTION_LOOKBACK - timedelta(days=31)
    days = dismissed_restarts.c
    query = select(days.day).where(days.account == account, days.day >= earliest)
    with store.reading() as connection:
        return list(connection.scalars(query))
