"""One run of notifications: evaluates rules and digest, claims what is due, delivers it and records the results.

A message is claimed and stored before it is sent, so that of several machines one sends it, and an interrupted run
leaves a delivery that the next one repeats.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mimecast.domain.notifications.alert_states import Observation, Rule, Transition, next_state
from mimecast.domain.notifications.deliveries import Delivery, DeliveryResult, Message, MessageKind, is_too_old
from mimecast.domain.notifications.digest_periods import DigestPeriod, period_due
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.notify.alert_rules import observe
from mimecast.notify.delivery import DEFAULT_LIMITS, Limits, Task, deliver
from mimecast.notify.digest import compose_digest, load_account_digest, report_attachment
from mimecast.notify.messages import Wording, compose_alert, compose_test
from mimecast.notify.receivers import Attachment, Receiver, read_receivers
from mimecast.problem import Problem
from mimecast.settings.notify import NotifySettings
from mimecast.store.notifications.alert_states import claim_transitions, load_alert_states
from mimecast.store.notifications.messages import (
    add_deliveries,
    claim_delivery,
    claim_message,
    has_message,
    load_unfinished,
    save_results,
)
from mimecast.store.store import Store


class NotificationFailed(Problem):
    """A message was not accepted by a receiver."""

    title = "A notification was not delivered"
    remedy = "The next runs try again for a day. python -m mimecast notify --test tries every receiver now."


class NotificationGivenUp(Problem):
    """A message was not accepted by a receiver for a day."""

    title = "A notification was given up"
    remedy = "Check the receiver with python -m mimecast notify --test."


@dataclass(frozen=True, slots=True)
class Context:
    """What a run of notifications works with.

    `names` are those of the accounts by id. `template` is the presentation that slides are written into.
    """

    store: Store
    settings: NotifySettings
    names: Mapping[str, str]
    zone: ZoneInfo
    now: datetime
    template: Path | None = None
    limits: Limits = DEFAULT_LIMITS

    @property
    def wording(self) -> Wording:
        """The names, the zone and the links of messages."""
        return Wording(self.names, self.zone, self.settings.dashboard_url)


@dataclass(frozen=True, slots=True)
class Due:
    """What a run finds to do.

    Attributes:
        transitions: Changes of the rules' states; some of them are alerts.
        newest: The newest snapshots, by account.
        period: The period of the digest that is due, if one is.
        unfinished: Deliveries of earlier messages to try again or to give up.
    """

    transitions: tuple[Transition, ...]
    newest: Mapping[str, Snapshot]
    period: DigestPeriod | None
    unfinished: tuple[tuple[Message, Delivery], ...]

    @property
    def alerts(self) -> list[Observation]:
        """The alerts to send."""
        return [transition.observation for transition in self.transitions if transition.is_alert]

    @property
    def needs_receivers(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.alerts or self.period or self.unfinished)


@dataclass
class RunResult:
    """What a run has sent, and the problems that its reader should know of."""

    deliveries: list[tuple[Message, Delivery]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_due(context: Context) -> Due:
    """Return what is due. Nothing is written or sent. Raises StoreError."""
    rules = set(context.settings.alerts)
    if Rule.RESET in rules:
        rules.add(Rule.RESTART)
    observed = observe(context.store, context.names, rules, context.zone, context.now)
    states = load_alert_states(context.store, list(context.names))
    changes = (next_state(each, states.get((each.account, each.rule)), context.zone) for each in observed.observations)
    period = period_due(context.settings.digest, reporting_day(context.now, context.zone))
    if period and (not observed.newest or has_message(context.store, period.id)):
        period = None
    return Due(
        tuple(change for change in changes if change),
        observed.newest,
        period,
        tuple(load_unfinished(context.store, context.now)),
    )


def compose_due(context: Context, due: Due) -> list[Message]:
    """Return the messages about what is due, as they would be sent. Raises StoreError."""
    messages = []
    if due.alerts:
        messages.append(compose_alert(uuid.uuid4().hex, due.alerts, due.newest, context.wording, context.now))
    if due.period:
        messages.append(_digest(context, due.period))
    return messages


def notify(context: Context) -> RunResult:
    """Send what is due, and record the results. Raises StoreError."""
    due, result = find_due(context), RunResult()
    if not due.needs_receivers:
        if due.transitions:
            with context.store.writing() as connection:
                claim_transitions(connection, due.transitions, None)
        return result
    receivers, invalid = read_receivers(context.settings.urls)
    result.problems += invalid
    tasks = _retries(context, due, receivers, result)
    if receivers:
        tasks += _claim_alerts(context, due, receivers)
        tasks += _claim_digest(context, due, receivers)
    tasks = _with_attachments(context, tasks, result)
    finished = deliver(tasks, context.limits)
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
    message = compose_test(uuid.uuid4().hex, context.wording, context.now)
    tasks = [Task(message, receiver, _first_delivery(message, receiver, context.now)) for receiver in receivers]
    for delivery in deliver(tasks, context.limits):
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
        message = compose_alert(message_id, alerts, due.newest, context.wording, context.now)
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
        load_account_digest(context.store, account, context.wording.name(account), period, context.zone, context.now)
        for account in context.names
    ]
    return compose_digest(digests, period, context.wording, context.now)


def _first_delivery(message: Message, receiver: Receiver, now: datetime) -> Delivery:
    return Delivery(message.id, receiver.id, receiver.service, now, 1, DeliveryResult.SENDING)


def _failure(message: Message, delivery: Delivery) -> Problem:
    return NotificationFailed(_failure_text(message, delivery))


def _failure_text(message: Message, delivery: Delivery) -> str:
    reason = f": {delivery.detail}" if delivery.detail else ""
    result = "timed out" if delivery.result is DeliveryResult.TIMED_OUT else "failed"
    return f"The {message.kind.value} to {delivery.service} ({delivery.receiver}) {result}{reason}."
