"""Messages and their deliveries in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from mimecast.domain.notifications.deliveries import (
    Delivery,
    DeliveryResult,
    Message,
    MessageKind,
    is_too_old,
)
from mimecast.store.database.tables import deliveries, messages
from mimecast.store.database.transactions import upsert
from mimecast.store.snapshot_rows import to_seconds
from mimecast.store.store import Store

KEEP_FOR: Final = timedelta(days=400)
"""How long messages and their deliveries are kept: a year, and a month to look back at it."""

_NOT_OVER: Final = tuple(
    result.value for result in DeliveryResult if result not in (DeliveryResult.ACCEPTED, DeliveryResult.GIVEN_UP)
)


def has_message(store: Store, message_id: str) -> bool:
    """Return whether a message is stored, by any machine. Raises StoreError."""
    if not store.has_table(messages):
        return False
    with store.reading() as connection:
        return connection.execute(select(messages.c.id).where(messages.c.id == message_id)).first() is not None


def claim_message(connection: Connection, message: Message) -> bool:
    """Store a message, and return whether no other machine had stored it, in the caller's transaction."""
    row = {
        "id": message.id,
        "kind": message.kind.value,
        "created_at": to_seconds(message.created_at),
        "title": message.title[:200],
        "text": message.text,
        "html": message.html,
        "first_day": message.first_day,
        "last_day": message.last_day,
    }
    statement = upsert(messages, connection).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(messages.c.id)).first() is not None


def add_deliveries(connection: Connection, new: Iterable[Delivery]) -> None:
    """Store deliveries that begin, in the caller's transaction."""
    rows = [_to_row(delivery) for delivery in new]
    if rows:
        connection.execute(deliveries.insert(), rows)


def load_unfinished(store: Store, now: datetime) -> list[tuple[Message, Delivery]]:
    """Return the deliveries that are to be tried again or to be given up, oldest message first. Raises StoreError."""
    if not store.has_table(deliveries):
        return []
    query = (
        select(messages, *(column for column in deliveries.c if column.name != "message_id"))
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(deliveries.c.result.in_(_NOT_OVER))
        .order_by(messages.c.created_at, messages.c.id, deliveries.c.receiver)
    )
    with store.reading() as connection:
        pairs = [(_message(row), _delivery(row, row.id)) for row in connection.execute(query)]
    return [(message, delivery) for message, delivery in pairs if delivery.is_retried(now) or is_too_old(message, now)]


def claim_delivery(store: Store, delivery: Delivery, result: DeliveryResult, now: datetime) -> Delivery | None:
    """Take over a delivery that is not over: try it again, or give it up.

    Returns the stored delivery, or None where another machine has taken it over. Raises StoreError.
    """
    taken = replace(delivery, result=result)
    if result is DeliveryResult.SENDING:
        taken = replace(taken, tried_at=now.replace(microsecond=0), attempts=delivery.attempts + 1, detail="")
    is_unchanged = (
        deliveries.c.message_id == delivery.message_id,
        deliveries.c.receiver == delivery.receiver,
        deliveries.c.attempts == delivery.attempts,
        deliveries.c.result == delivery.result.value,
    )
    with store.writing() as connection:
        done = connection.execute(deliveries.update().where(*is_unchanged).values(_to_row(taken)))
    return taken if done.rowcount else None


def save_results(store: Store, finished: Sequence[Delivery], now: datetime) -> None:
    """Store how deliveries ended. Raises StoreError.

    The content of messages that need not be sent again is deleted, since it repeats notes that may be deleted later;
    so are messages older than `KEEP_FOR`.
    """
    oldest = to_seconds(now - KEEP_FOR)
    with store.writing() as connection:
        for delivery in finished:
            key = deliveries.c.message_id == delivery.message_id, deliveries.c.receiver == delivery.receiver
            connection.execute(deliveries.update().where(*key).values(_to_row(delivery)))
        unfinished = select(deliveries.c.message_id).where(deliveries.c.result.in_(_NOT_OVER))
        is_over = messages.c.id.not_in(unfinished), messages.c.text != ""
        connection.execute(messages.update().where(*is_over).values(text="", html=""))
        old = select(messages.c.id).where(messages.c.created_at < oldest)
        connection.execute(deliveries.delete().where(deliveries.c.message_id.in_(old)))
        connection.execute(messages.delete().where(messages.c.created_at < oldest))


def load_last_deliveries(store: Store, limit: int) -> list[tuple[Message, Delivery]]:
    """Return the last deliveries with their messages, newest first. Raises StoreError."""
    if not store.has_table(deliveries):
        return []
    query = (
        select(messages, *(column for column in deliveries.c if column.name != "message_id"))
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(messages.c.created_at > 0)  # lets SQLite read the index of messages by age, not every delivery
        .order_by(messages.c.created_at.desc(), messages.c.id, deliveries.c.receiver)
        .limit(limit)
    )
    with store.reading() as connection:
        return [(_message(row), _delivery(row, row.id)) for row in connection.execute(query)]


def _to_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "message_id": delivery.message_id,
        "receiver": delivery.receiver[:40],
        "service": delivery.service[:80],
        "tried_at": to_seconds(delivery.tried_at),
        "attempts": delivery.attempts,
        "result": delivery.result.value,
        "detail": delivery.detail[:80],
    }


def _message(row: Row[Any]) -> Message:
    created_at = datetime.fromtimestamp(row.created_at, UTC)
    kind = MessageKind(row.kind)
    return Message(row.id, kind, created_at, row.title, row.text, row.html, row.first_day, row.last_day)


def _delivery(row: Row[Any], message_id: str) -> Delivery:
    return Delivery(
        message_id,
        row.receiver,
        row.service,
        datetime.fromtimestamp(row.tried_at, UTC),
        row.attempts,
        DeliveryResult(row.result),
        row.detail,
    )
