"""Snapshots to store, and everything a store holds."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mimecast.domain.causes.campaigns import Campaign
from mimecast.domain.causes.implausible import Implausibility, Implausible
from mimecast.domain.notifications.alert_states import Observation, Rule, State, next_state
from mimecast.domain.notifications.deliveries import Delivery, DeliveryResult, Message, MessageKind
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.store.annotations.notes import write_restart
from mimecast.store.annotations.targets import set_target
from mimecast.store.causes.campaigns import save_campaigns
from mimecast.store.causes.implausible import insert_marks
from mimecast.store.causes.reference_lines import add_reference_line
from mimecast.store.causes.restarts import dismiss_suggestion
from mimecast.store.database.tables import data_tables
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
    """Store four snapshots of two accounts and a row in every other table."""
    store.add([snapshot_after(0), snapshot_after(1), snapshot_after(0, "fabrikam")])
    import_snapshots(store, [snapshot_after(-5)], file_name="months.csv", author="ana", now=NOW)
    imported = Implausible(snapshot_after(-5), Implausibility.USERS_CHANGED, NOW, 1200)
    with store.writing() as connection:
        insert_marks(connection, [imported], NOW)
    write_restart(store, "default", TODAY, "Phishing campaign", author="ana", now=NOW, today=TODAY)
    dismiss_suggestion(store, "default", TODAY - timedelta(days=60), author="ana", now=NOW)
    add_reference_line(store, "default", 12.0, "Industry average", "Mimecast Efficacy", author="ana", now=NOW)
    save_campaigns(store, [Campaign("default", "eN1", "Parcel", NOW, NOW, NOW, sent=1200)], Source.MIMECAST)
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
