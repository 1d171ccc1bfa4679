"""Snapshots to store, and everything a store holds."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mimecast.domain.notifications.alerts import Observation, Rule, State, next_state
from mimecast.domain.notifications.deliveries import Delivery, DeliveryResult, Message, MessageKind
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.annotations.notes import write_note
from mimecast.store.annotations.targets import set_target
from mimecast.store.database.schema import data_tables
from mimecast.store.imports import import_snapshots
from mimecast.store.notifications.alert_states import claim_transitions
from mimecast.store.notifications.messages import add_deliveries, claim_message
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY

UTC_ZONE = ZoneInfo("UTC")


def snapshot_after(hours: int, account: str = "default") -> Snapshot:
    """Return a snapshot taken this many hours after now."""
    return Snapshot(account, NOW + timedelta(hours=hours), ScoreCounts(5, 4, 3, 2, 1))


def fill_every_table(store: Store) -> None:
    """Store four snapshots of two accounts, one of them imported, a note, a target, and an alert and its delivery."""
    store.add([snapshot_after(0), snapshot_after(1), snapshot_after(0, "fabrikam")])
    import_snapshots(store, [snapshot_after(-5)], file_name="months.csv", author="ana", now=NOW)
    write_note(store, "default", TODAY, "Phishing campaign", author="ana", now=NOW, today=TODAY)
    set_target(store, "default", 8.0, TODAY + timedelta(days=90), author="ana", now=NOW, today=TODAY)
    observation = Observation("default", Rule.STALE, State.STALE, NOW, "no snapshot for 2 days", "The last run failed.")
    message = Message("0123abcd", MessageKind.ALERT, NOW, "Contoso: no snapshot for 2 days", "The last run failed.")
    with store.writing() as connection:
        claim_message(connection, message)
        claim_transitions(connection, filter(None, [next_state(observation, None, UTC_ZONE)]), message.id)
        add_deliveries(connection, [Delivery(message.id, "ef4fa19c", "Slack", NOW, 1, DeliveryResult.ACCEPTED)])


def all_rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return the sorted rows of each table."""
    with store.reading() as connection:
        return {table.name: sorted(map(tuple, connection.execute(select(table)))) for table in data_tables()}
