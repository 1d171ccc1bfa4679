"""Sends what is due: claims it, delivers it to every receiver, and records the results.

A message is claimed and stored before it is sent, so that of several machines one sends it, and an interrupted run
leaves a delivery that the next one repeats.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from mimecast.domain.notifications.deliveries import Delivery, DeliveryResult, Message, MessageKind, is_too_old
from mimecast.domain.notifications.digest_periods import DigestPeriod
from mimecast.notify.context import Context, RunResult
from mimecast.notify.delivery import DEFAULT_LIMITS, Task, deliver
from mimecast.notify.digest import compose_digest, load_account_digest, report_attachment
from mimecast.notify.due import Due
from mimecast.notify.messages import Wording, compose_alert, compose_test
from mimecast.notify.receivers import Attachment, Receiver, read_receivers
from mimecast.problem import Problem
from mimecast.store.notifications.alert_states import claim_transitions
from mimecast.store.notifications.messages import (
    add_deliveries,
    claim_delivery,
    claim_message,
    save_results,
)


class NotificationFailed(Problem):
    """A receiver did not accept a message."""

    title = "A notification was not delivered"
    remedy = "Later runs retry the delivery for a day. python -m mimecast notify --test tries every receiver now."


class NotificationGivenUp(Problem):
    """A receiver has not accepted a message for a day, so no run tries again."""

    title = "A notification was abandoned"
    remedy = "Check the receiver with python -m mimecast notify --test."


def compose_due(context: Context, due: Due) -> list[Message]:
    """Return the messages about what is due, as they would be sent. Raises StoreError."""
    messages = []
    if due.alerts:
        messages.append(compose_alert(uuid.uuid4().hex, due.alerts, due.newest, _wording(context), context.now))
    if due.period:
        messages.append(_digest(context, due.period))
    return messages


def send_due(context: Context, due: Due) -> RunResult:
    """Send what is due, and record the results. Raises StoreError."""
    result = RunResult()
    receivers, invalid = read_receivers(context.settings.urls)
    result.problems += invalid
    tasks = _retries(context, due, receivers, result)
    if receivers:
        tasks += _claim_alerts(context, due, receivers)
        tasks += _claim_digest(context, due, receivers)
    tasks = _with_attachments(context, tasks, result)
    finished = deliver(tasks, context.limits or DEFAULT_LIMITS)
    save_results(context.store, finished, context.now)
    for task, delivery in zip(tasks, finished, strict=True):
        result.deliveries.append((task.message, delivery))
        if delivery.result is not DeliveryResult.ACCEPTED:
            result.problems.append(_failure(task.message, delivery))
    return result


def send_test(context: Context) -> RunResult:
    """Send a test message to every receiver. It is not recorded or tried again."""
    receivers, invalid = read_receivers(context.settings.urls)
    result = RunResult(problems=[*invalid])
    message = compose_test(uuid.uuid4().hex, _wording(context), context.now)
    tasks = [Task(message, receiver, _first_delivery(message, receiver, context.now)) for receiver in receivers]
    for delivery in deliver(tasks, context.limits or DEFAULT_LIMITS):
        result.deliveries.append((message, delivery))
        if delivery.result is not DeliveryResult.ACCEPTED:
            remedy = "Check its URL in [notify], and whether the service can be reached from this computer."
            result.problems.append(NotificationFailed(_failure_text(message, delivery), remedy=remedy))
    return result


def _claim_alerts(context: Context, due: Due, receivers: Sequence[Receiver]) -> list[Task]:
    """Store the changes of states, and a message about those alerts that no other machine has claimed."""
    message_id = uuid.uuid4().hex
    with context.store.writing() as connection:
        claimed = claim_transitions(connection, due.transitions, message_id)
        alerts = [transition.observation for transition in claimed if transition.is_alert]
        if not alerts:
            return []
        message = compose_alert(message_id, alerts, due.newest, _wording(context), context.now)
        tasks = [Task(message, receiver, _first_delivery(message, receiver, context.now)) for receiver in receivers]
        claim_message(connection, message)
        add_deliveries(connection, [task.delivery for task in tasks])
    return tasks


def _claim_digest(context: Context, due: Due, receivers: Sequence[Receiver]) -> list[Task]:
    if due.period is None:
        return []
    message = _digest(context, due.period)
    tasks = [Task(message, receiver, _first_delivery(message, receiver, context.now)) for receiver in receivers]
    with context.store.writing() as connection:
        if not claim_message(connection, message):
            return []
        add_deliveries(connection, [task.delivery for task in tasks])
    return tasks


def _retries(context: Context, due: Due, receivers: Sequence[Receiver], result: RunResult) -> list[Task]:
    """Return the deliveries to try again that this machine has claimed; give up those that are too old."""
    by_id, tasks = {receiver.id: receiver for receiver in receivers}, []
    for message, delivery in due.unfinished:
        if is_too_old(message, context.now):
            if taken := claim_delivery(context.store, delivery, DeliveryResult.GIVEN_UP, context.now):
                result.problems.append(NotificationGivenUp(_failure_text(message, taken)))
            continue
        receiver = by_id.get(delivery.receiver)
        taken = claim_delivery(context.store, delivery, DeliveryResult.SENDING, context.now) if receiver else None
        if receiver and taken:
            tasks.append(Task(message, receiver, taken))
    return tasks


def _with_attachments(context: Context, tasks: Sequence[Task], result: RunResult) -> list[Task]:
    """Return the tasks, those of a digest about a single account with its report."""
    attachments: dict[str, tuple[Attachment, ...]] = {}
    finished = []
    for task in tasks:
        if task.message.kind is MessageKind.DIGEST and task.receiver.takes_files:
            if task.message.id not in attachments:
                attachments[task.message.id] = _attachments(context, task.message, result)
            task = Task(task.message, task.receiver, task.delivery, attachments[task.message.id])
        finished.append(task)
    return finished


def _attachments(context: Context, message: Message, result: RunResult) -> tuple[Attachment, ...]:
    suffix = context.settings.digest_attach
    if not suffix or len(context.names) != 1:
        return ()
    ((account, name),) = context.names.items()
    try:
        report = report_attachment(
            context.store, account, name, message, suffix, zone=context.zone, template=context.template
        )
    except Problem as problem:
        result.problems.append(problem)
        return ()
    return (report,) if report else ()


def _digest(context: Context, period: DigestPeriod) -> Message:
    digests = [
        load_account_digest(context.store, account, _wording(context).name(account), period, context.zone, context.now)
        for account in context.names
    ]
    return compose_digest(digests, period, _wording(context), context.now)


def _first_delivery(message: Message, receiver: Receiver, now: datetime) -> Delivery:
    return Delivery(message.id, receiver.id, receiver.service, now, 1, DeliveryResult.SENDING)


def _wording(context: Context) -> Wording:
    """Return the names, the zone and the links of messages."""
    return Wording(context.names, context.zone, context.settings.dashboard_url)


def _failure(message: Message, delivery: Delivery) -> Problem:
    return NotificationFailed(_failure_text(message, delivery))


def _failure_text(message: Message, delivery: Delivery) -> str:
    reason = f": {delivery.detail}" if delivery.detail else ""
    result = "timed out" if delivery.result is DeliveryResult.TIMED_OUT else "failed"
    return f"The {message.kind.value} to {delivery.service} ({delivery.receiver}) {result}{reason}."
