"""`notify`: evaluate the alert rules and the digest, and send what is due; `snapshot` does so after each run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from mimecast.cli.context import load_settings_with_accounts, open_existing_store
from mimecast.cli.options import DONE, FAILED, Commands, UsageError, reporting_options
from mimecast.cli.output import print_problem, print_result, problem_as_json
from mimecast.domain.account_id import is_account_id

if TYPE_CHECKING:
    from mimecast.domain.notifications.deliveries import Delivery, Message
    from mimecast.notify.context import Context, RunResult
    from mimecast.settings.settings import Settings
    from mimecast.store.store import Store


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "notify", parents=[reporting_options()], help="send the alerts and the digest that are due"
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--test", action="store_true", help="send a test message to every receiver")
    modes.add_argument("--dry-run", action="store_true", help="print what would be sent and why; send nothing")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Send what is due and return the exit status. Raises Problem."""
    import truststore

    truststore.inject_into_ssl()
    settings = load_settings_with_accounts("notify about")
    settings.dashboard.require("time_zone")
    settings.notify.require("alerts", "digest")
    if not settings.notify.urls and not options.dry_run:
        settings.notify.require("urls")
        raise UsageError("urls in [notify] is empty, so there is no receiver.", remedy="See docs/notifications.md.")
    context = make_context(settings, open_existing_store(settings))
    if options.dry_run:
        return _print_due(options, context)
    if options.test:
        from mimecast.notify.send import send_test

        result = send_test(context)
    else:
        from mimecast.notify.run import notify

        result = notify(context)
    status = report_result(options, result)
    if not result.deliveries and not result.problems:
        print_result(options, {"done": True, "messages": 0}, "Nothing is due.")
    return FAILED if settings.notify.has_fault("urls") else status


def make_context(settings: Settings, store: Store) -> Context:
    """Return what a run of notifications works with. It includes accounts whose settings are faulty: they go stale."""
    from datetime import UTC, datetime

    from mimecast.notify.context import Context

    names = {account.id: account.name for account in settings.accounts}
    names |= {account_id: account_id for account_id in settings.account_problems if is_account_id(account_id)}
    dashboard = settings.dashboard
    return Context(
        store, settings.notify, names, dashboard.time_zone, datetime.now(UTC), template=dashboard.pptx_template
    )


def report_result(options: argparse.Namespace, result: RunResult) -> int:
    """Print what was sent and what failed, and return the exit status."""
    for message, delivery in result.deliveries:
        print_result(options, _delivery_row(message, delivery), _delivery_text(message, delivery))
    for problem in result.problems:
        print_problem(problem)
        if not result.deliveries:
            print_result(options, {"done": False, **problem_as_json(problem)})
    return FAILED if result.problems else DONE


def _print_due(options: argparse.Namespace, context: Context) -> int:
    from mimecast.notify.due import find_due
    from mimecast.notify.send import compose_due

    due = find_due(context)
    messages = compose_due(context, due)
    for message in messages:
        alerts = [
            {"account": alert.account, "rule": alert.rule.value, "state": alert.state.value} for alert in due.alerts
        ]
        row: dict[str, Any] = {"kind": message.kind.value, "title": message.title, "text": message.text}
        reason = f"the {context.settings.digest} digest is due"
        if message.kind.value == "alert":
            row["alerts"] = alerts
            reason = "; ".join(f"“{alert['rule']}” of {alert['account']} is now “{alert['state']}”" for alert in alerts)
        print_result(options, row, f"Would send, because {reason}:\n\n{message.title}\n\n{message.text}\n")
    for message, delivery in due.unfinished:
        text = f"Would retry or give up: {message.title}, to {delivery.service} ({delivery.receiver})."
        print_result(options, {"kind": "retry", "title": message.title, "receiver": delivery.receiver}, text)
    if not messages and not due.unfinished:
        print_result(options, {"done": True, "messages": 0}, "Nothing is due.")
    return DONE


def _delivery_row(message: Message, delivery: Delivery) -> dict[str, Any]:
    return {
        "kind": message.kind.value,
        "title": message.title,
        "service": delivery.service,
        "receiver": delivery.receiver,
        "result": delivery.result.value,
        "attempts": delivery.attempts,
    }


def _delivery_text(message: Message, delivery: Delivery) -> str:
    reason = f", {delivery.detail}" if delivery.detail else ""
    receiver = f"{delivery.service} ({delivery.receiver})"
    return f"{receiver}: {delivery.result.value}{reason}. {message.kind.value.capitalize()}: {message.title}"
