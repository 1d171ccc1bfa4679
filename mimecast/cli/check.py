"""`check`: settings, connection, clock, credentials, permission, data and store, step by step."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Final

from mimecast.cli.context import find_account, load_settings_with_accounts
from mimecast.cli.options import DONE, FAILED, USAGE, Commands, account_option, reporting_options
from mimecast.cli.output import complain, problem_as_json
from mimecast.settings.accounts import Account
from mimecast.settings.settings import Settings
from mimecast.settings.validation import SettingsError

if TYPE_CHECKING:
    from mimecast.capture.diagnostics import Step
    from mimecast.store.store import Store

STATUS_SIGNS: Final = {"done": "✓", "failed": "✗", "not reached": "–"}
ASCII_SIGNS: Final = {"done": "[ok]", "failed": "[x]", "not reached": "[-]"}
"""For a terminal that has no such letters."""


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "check",
        parents=[account_option(), reporting_options()],
        help="settings, connection, credentials, permission, data: step by step",
    )
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    import truststore

    from mimecast.capture.diagnostics import steps_without_settings

    truststore.inject_into_ssl()
    try:
        settings = load_settings_with_accounts("check")
    except SettingsError as problem:
        for step in steps_without_settings(problem):
            _show(options, "", step)
        return USAGE
    accounts = [find_account(settings, options.account)] if options.account else list(settings.accounts)
    store = _store(settings)
    return max([_check(options, account, settings, store, len(accounts) > 1) for account in accounts])


def _store(settings: Settings) -> Store | None:
    """The store, or None after its problem was said: the other steps are worth knowing all the same."""
    from mimecast.store.errors import StoreError
    from mimecast.store.store import Store

    try:
        return Store.open(settings.store_url)
    except StoreError as problem:
        complain(problem)
        return None


def _check(options: argparse.Namespace, account: Account, settings: Settings, store: Store | None, named: bool) -> int:
    from datetime import UTC, datetime

    from mimecast.capture.diagnostics import StepStatus, diagnose, support_text

    if named and not options.quiet and not options.json:
        print(f"{account.id}:")
    steps = []
    for step in diagnose(account, store, settings.dashboard):
        steps.append(step)
        _show(options, account.id, step)
    if not options.quiet and not options.json:
        print(f"\nFor support, without any secret:\n{support_text(steps, account, datetime.now(UTC))}\n")
    return FAILED if store is None or any(step.state is StepStatus.FAILED for step in steps) else DONE


def _show(options: argparse.Namespace, account: str, step: Step) -> None:
    if step.problem and options.quiet:
        complain(step.problem, account)
    if options.quiet:
        return
    if options.json:
        row = {"account": account, "step": step.name, "state": step.state.value, "said": step.detail}
        row |= {"request_id": step.request_id} if step.request_id else {}
        print(json.dumps(row | (problem_as_json(step.problem) if step.problem else {})), flush=True)
        return
    print(f"{_signs()[step.state.value]} {step.name}: {step.detail or step.state.value}", flush=True)
    if step.problem:
        print(f"  {step.problem.remedy}", flush=True)


def _signs() -> dict[str, str]:
    try:
        "".join(STATUS_SIGNS.values()).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ASCII_SIGNS
    return STATUS_SIGNS
