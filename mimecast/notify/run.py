"""One run of notifications: evaluates the alert rules and the digest, and sends what is due."""

from __future__ import annotations

from mimecast.notify.context import Context, RunResult
from mimecast.notify.due import find_due
from mimecast.store.notifications.alert_states import claim_transitions


def notify(context: Context) -> RunResult:
    """Send what is due, and record the results. Raises StoreError.

    What composes and sends messages is loaded only for a message, since most runs have none.
    """
    due = find_due(context)
    if due.needs_receivers:
        from mimecast.notify.send import send_due

        return send_due(context, due)
    if due.transitions:
        with context.store.writing() as connection:
            claim_transitions(connection, due.transitions, None)
    return RunResult()
