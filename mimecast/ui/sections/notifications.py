"""Notifications: whether they are set up, and the last deliveries."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from mimecast.domain.notifications.deliveries import Delivery, DeliveryResult, Message
from mimecast.formatting import format_datetime, pluralize
from mimecast.settings.notify import read_notify
from mimecast.store.notifications.messages import load_last_deliveries
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.secrets import read_secrets

MAX_DELIVERIES: Final = 20
"""Deliveries that are listed, the last."""


def show_notifications(page: Page) -> None:
    """Draw how many receivers there are and the last deliveries, of all accounts. Raises StoreError."""
    st.header("Notifications", anchor=False)
    receivers = len(read_notify(read_secrets()).urls)
    if receivers:
        st.markdown(
            f"Alerts and digests go to {pluralize(receivers, 'receiver')}. Each scheduled snapshot sends those that "
            "are due. `python -m mimecast notify --test` sends a test message to every receiver."
        )
    else:
        st.markdown("Notifications are not set up. `docs/notifications.md` says how to get alerts by mail or chat.")
    last = load_last_deliveries(page.store, MAX_DELIVERIES) if page.store else []
    if last:
        rows = pd.DataFrame([_row(message, delivery, page) for message, delivery in last])
        st.dataframe(rows, hide_index=True, alt="The last deliveries of alerts and digests, newest first.")
    elif receivers:
        st.caption("Nothing has been sent yet.")
    failed = [delivery for _, delivery in last if delivery.result in (DeliveryResult.FAILED, DeliveryResult.TIMED_OUT)]
    if failed:
        text = f"{pluralize(len(failed), 'delivery', 'deliveries')} failed; later runs retry for a day."
        st.caption(escape_markdown(text))


def _row(message: Message, delivery: Delivery, page: Page) -> dict[str, str]:
    reason = f": {delivery.detail}" if delivery.detail else ""
    return {
        "Last attempt": format_datetime(delivery.tried_at, page.zone),
        "Message": message.title,
        "Receiver": f"{delivery.service} ({delivery.receiver})",
        "Result": f"{delivery.result.value}{reason}",
        "Attempts": str(delivery.attempts),
    }
