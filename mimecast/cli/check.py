"""`check`: diagnose settings, connection, clock, credentials, permission, data and store, step by step."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mimecast.cli.context import find_account, load_settings_with_accounts, open_store
from mimecast.cli.options import DONE, FAILED, USAGE, Commands, account_option, reporting_options
from mimecast.cli.output import print_problem, problem_as_json
from mimecast.settings.accounts import Account
from mimecast.settings.settings import Settings
from mimecast.settings.validation import SettingsError

if TYPE_CHECKING:
    from mimecast.capture.diagnostics import Step
    from mimecast.store.store import Store

STATUS_SIGNS: Final = {"done": "✓", "warning": "!", "failed": "✗", "not reached": "–"}
ASCII_STATUS_SIGNS: Final = {"done": "[ok]", "warning": "[!]", "failed": "[x]", "not reached": "[-]"}
"""Signs for a terminal whose encoding lacks the others."""

NOTIFICATIONS: Final = "Notifications"
SIGN_IN: Final = "Sign-in"
"""The name of the step of each receiver."""


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "check",
        parents=[account_option(), reporting_options()],
        help="check settings, connection, credentials, permission and data, step by step",
    )
    parser.add_argument(
        "--ready",
        action="store_true",
        help="request nothing; exit 1 unless the store works and each newest snapshot is fresh",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the steps of the accounts and return the worst exit status. Raises UsageError for an unknown account."""
    import truststore

    from mimecast.capture.diagnostics import steps_without_settings

    truststore.inject_into_ssl()
    try:
        settings = load_settings_with_accounts("check")
        accounts = [find_account(settings, options.account)] if options.account else list(settings.accounts)
    except SettingsError as unusable:
        _print_steps(options, options.account or "", steps_without_settings(unusable))
        return USAGE
    faulty = {} if options.account else settings.account_problems
    has_headings = len(accounts) + len(faulty) > 1
    store = _open_store(settings)
    statuses = []
    for account in accounts:
        _print_heading(options, account.id, is_needed=has_headings)
        statuses.append(_check_account(options, account, settings, store))
    for account_id, problem in faulty.items():
        _print_heading(options, account_id, is_needed=has_headings)
        _print_steps(options, account_id, steps_without_settings(problem))
        statuses.append(FAILED)
    if not options.ready:
        _check_exposure(options, has_headings=has_headings)
        statuses.append(_check_notifications(options, settings, has_headings=has_headings))
    return max(statuses)


def _check_exposure(options: argparse.Namespace, *, has_headings: bool) -> None:
    """Warn where others can reach the dashboard and no one has to sign in. Raises SettingsError for a faulty [auth]."""
    from mimecast.capture.diagnostics import Step, StepStatus
    from mimecast.settings.auth import read_auth
    from mimecast.settings.reachability import OpenToOthers, read_server_options, why_reachable
    from mimecast.settings.secrets_files import read_secrets_files

    reason = why_reachable(read_server_options())
    if reason and read_auth(read_secrets_files()) is None:
        problem = OpenToOthers(f"Sign-in is not required, and {reason}.")
        _print_heading(options, SIGN_IN.lower(), is_needed=has_headings)
        _print_steps(options, "", [Step(SIGN_IN, StepStatus.WARNING, problem.message, problem)])


def _check_notifications(options: argparse.Namespace, settings: Settings, *, has_headings: bool) -> int:
    """Check that Apprise can use each URL of [notify]; nothing is sent."""
    from mimecast.capture.diagnostics import Step, StepStatus

    steps = [Step(NOTIFICATIONS, StepStatus.FAILED, fault.message, fault) for fault in settings.notify.problems]
    if settings.notify.urls:
        from mimecast.notify.receivers import read_receivers

        receivers, invalid = read_receivers(settings.notify.urls)
        steps += [Step(NOTIFICATIONS, StepStatus.DONE, f"{receiver.label} can be used.") for receiver in receivers]
        steps += [Step(NOTIFICATIONS, StepStatus.FAILED, problem.message, problem) for problem in invalid]
    if steps:
        _print_heading(options, NOTIFICATIONS.lower(), is_needed=has_headings)
        _print_steps(options, "", steps)
    return FAILED if any(step.status is StepStatus.FAILED for step in steps) else DONE


def _open_store(settings: Settings) -> Store | None:
    """Return the store, or None after printing why it cannot be opened: the other steps are still worth running."""
    from mimecast.store.errors import StoreError

    try:
        return open_store(settings.store_url)
    except StoreError as problem:
        print_problem(problem)
        return None


def _check_account(options: argparse.Namespace, account: Account, settings: Settings, store: Store | None) -> int:
    from datetime import UTC, datetime

    from mimecast.capture.diagnostics import StepStatus, check_ready, diagnose, support_text

    if options.ready:
        steps = _print_steps(options, account.id, check_ready(account, store, settings.dashboard))
    else:
        steps = _print_steps(options, account.id, diagnose(account, store, settings.dashboard))
        if not options.quiet and not options.json:
            print(f"\nFor support, without any secret:\n{support_text(steps, account, datetime.now(UTC))}\n")
    return FAILED if store is None or any(step.status is StepStatus.FAILED for step in steps) else DONE


def _print_heading(options: argparse.Namespace, account_id: str, *, is_needed: bool) -> None:
    if is_needed and not options.quiet and not options.json:
        print(f"{account_id}:")


def _print_steps(options: argparse.Namespace, account_id: str, steps: Iterable[Step]) -> list[Step]:
    """Print each step once its result is known, and return all of them."""
    printed = []
    for step in steps:
        _print_step(options, account_id, step)
        printed.append(step)
    return printed


def _print_step(options: argparse.Namespace, account_id: str, step: Step) -> None:
    """Print a step as a line of text or JSON; with `--quiet`, only its problem."""
    if step.problem and options.quiet:
        print_problem(step.problem, account_id)
    if options.quiet:
        return
    if options.json:
        row = {"account": account_id, "step": step.name, "state": step.status.value, "detail": step.detail}
        row |= {"request_id": step.request_id} if step.request_id else {}
        print(json.dumps(row | (problem_as_json(step.problem) if step.problem else {})), flush=True)
        return
    print(f"{_status_signs()[step.status.value]} {step.name}: {step.detail or step.status.value}", flush=True)
    if step.problem:
        print(f"  {step.problem.remedy}", flush=True)


def _status_signs() -> dict[str, str]:
    """Return the signs that the encoding of stdout can express."""
    try:
        "".join(STATUS_SIGNS.values()).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ASCII_STATUS_SIGNS
    return STATUS_SIGNS
