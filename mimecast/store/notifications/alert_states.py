"""Stored states of the alert rules. Of two machines that observe the same change, one stores it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from mimecast.domain.notifications.alert_states import AlertState, Rule, State, Transition, latest_states
from mimecast.store.database.queries import BATCH_ROWS
from mimecast.store.database.tables import alert_states
from mimecast.store.database.transactions import upsert
from mimecast.store.snapshot_rows import to_seconds
from mimecast.store.store import Store


def load_alert_states(store: Store, accounts: Sequence[str]) -> Mapping[tuple[str, Rule], AlertState]:
    """Return the stored state of each account and rule that has one. Raises StoreError."""
    if not store.has_table(alert_states):
        return {}
    states: list[AlertState] = []
    with store.reading() as connection:
        for start in range(0, len(accounts), BATCH_ROWS):
            last = (
                select(alert_states.c.account, alert_states.c.rule, func.max(alert_states.c.number).label("number"))
                .where(alert_states.c.account.in_(accounts[start : start + BATCH_ROWS]))
                .group_by(alert_states.c.account, alert_states.c.rule)
                .subquery()
            )
            query = select(alert_states).join(
                last,
                (alert_states.c.account == last.c.account)
                & (alert_states.c.rule == last.c.rule)
                & (alert_states.c.number == last.c.number),
            )
            states += [_from_row(row) for row in connection.execute(query) if row.rule in set(Rule)]
    return latest_states(states)


def claim_transitions(
    connection: Connection, transitions: Iterable[Transition], message_id: str | None
) -> list[Transition]:
    """Store the changes that no other machine has stored yet, and return them, in the caller's transaction.

    Those that are alerts are recorded as told by the message `message_id`.
    """
    claimed = []
    for transition in transitions:
        after, observation = transition.after, transition.observation
        row = {
            "id": transition.id,
            "account": after.account,
            "rule": after.rule.value,
            "number": after.number,
            "state": after.state.value,
            "subject": after.subject,
            "observed_at": to_seconds(observation.at),
            "left_at": to_seconds(after.left_at) if after.left_at else None,
            "headline": observation.headline[:200],
            "reason": observation.reason[:1000],
            "message_id": message_id if transition.is_alert else None,
        }
        statement = upsert(alert_states, connection).values(row).on_conflict_do_nothing()
        if connection.execute(statement.returning(alert_states.c.id)).first() is not None:
            claimed.append(transition)
    return claimed


def _from_row(row: Row[Any]) -> AlertState:
    left_at = None if row.left_at is None else datetime.fromtimestamp(row.left_at, UTC)
    return AlertState(row.account, Rule(row.rule), row.number, State(row.state), row.subject, left_at)
