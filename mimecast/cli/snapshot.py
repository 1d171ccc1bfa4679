"""`snapshot`: capture every account, or one, once. Schedulers run this command, and the store records each run."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from mimecast.cli.context import find_account, load_settings_with_accounts, open_store
from mimecast.cli.options import DONE, FAILED, Commands, account_option, reporting_options
from mimecast.cli.output import print_problem, print_result, problem_as_json
from mimecast.domain.account_id import is_account_id
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.problem import Problem

if TYPE_CHECKING:
    from mimecast.capture.all_accounts import CaptureResult
    from mimecast.capture.one_account import CapturedSnapshot
    from mimecast.domain.scheduled_runs import Run
    from mimecast.settings.settings import Settings
    from mimecast.store.store import Store


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "snapshot",
        parents=[account_option(), reporting_options()],
        help="take a snapshot of every account, or of one; schedulers run this command",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Capture the accounts and return the exit status. Raises Problem when no account can be captured."""
    import truststore

    from mimecast.capture.all_accounts import capture_all

    truststore.inject_into_ssl()
    settings = load_settings_with_accounts("capture")
    accounts = [find_account(settings, options.account)] if options.account else list(settings.accounts)
    store = open_store(settings.store_url)
    has_failed = False
    if not options.account:
        has_failed = _report_faulty_accounts(options, settings, store)
    for batch in capture_all(accounts, store, dashboard=settings.dashboard):
        for result in batch:
            _print_capture(options, result)
            _print_misdated(store, result.account.id)
            has_failed |= _has_failed(result)
        _record_runs(store, [_run_of(result) for result in batch])
    has_failed |= _notify(options, settings, store, is_complete=not options.account and not has_failed)
    return FAILED if has_failed else DONE


def _notify(options: argparse.Namespace, settings: Settings, store: Store, *, is_complete: bool) -> bool:
    """Send the heartbeat of a complete run, and the alerts and the digest that are due; return whether any failed."""
    has_failed = False
    if settings.notify.heartbeat_url and is_complete:
        from mimecast.notify.heartbeat import send_heartbeat

        if failure := send_heartbeat(settings.notify.heartbeat_url):
            print_problem(failure)
            has_failed = True
    if settings.notify.urls:
        from mimecast.cli.notify import make_context, report_result
        from mimecast.notify.run import notify

        try:
            result = notify(make_context(settings, store))
        except Problem as problem:
            print_problem(problem, "notifications")
            return True
        is_incomplete = bool(result.deliveries) and settings.notify.has_fault("urls")
        has_failed |= report_result(options, result) == FAILED or is_incomplete
    return has_failed


def _report_faulty_accounts(options: argparse.Namespace, settings: Settings, store: Store) -> bool:
    """Print and record that accounts with faulty settings are not captured; return whether there are any."""
    from datetime import UTC, datetime

    from mimecast.domain.scheduled_runs import run_from_outcome

    now = datetime.now(UTC)
    for account_id, problem in settings.account_problems.items():
        _print_failure(options, account_id, problem)
    runs = [
        run_from_outcome(account_id, now, now, problem)
        for account_id, problem in settings.account_problems.items()
        if is_account_id(account_id)
    ]
    if runs:
        _record_runs(store, runs)
    return bool(settings.account_problems)


def _print_capture(options: argparse.Namespace, result: CaptureResult) -> None:
    account_id = result.account.id
    if isinstance(result.outcome, Problem):
        _print_failure(options, account_id, result.outcome)
        return
    for warning in result.outcome.all_warnings:
        print(f"{account_id}: {warning}", file=sys.stderr)
    print_result(options, *_describe(result.outcome))
    if problem := result.outcome.campaigns_problem:
        print_problem(problem, f"{account_id}: the snapshot is stored, the campaigns are not")
    if problem := result.outcome.people_problem:
        print_problem(problem, f"{account_id}: the snapshot is stored, the list of users is not")


def _has_failed(result: CaptureResult) -> bool:
    """Return whether the snapshot, the campaigns or the list of users that were due are missing."""
    outcome = result.outcome
    return isinstance(outcome, Problem) or bool(outcome.campaigns_problem or outcome.people_problem)


def _print_misdated(store: Store, account_id: str) -> None:
    """Print which snapshots are left out because of their dates. Raises StoreError."""
    from mimecast.domain.snapshot import misdated_problem

    if problem := misdated_problem(account_id, store.misdated_snapshots(account_id)):
        print_problem(problem)


def _print_failure(options: argparse.Namespace, account_id: str, problem: Problem) -> None:
    print_problem(problem, account_id)
    print_result(options, {"account": account_id, "done": False, **problem_as_json(problem)})


def _describe(captured: CapturedSnapshot) -> tuple[dict[str, Any], str]:
    """Return a captured snapshot as a row of `--json` and as a sentence."""
    from mimecast.reports.snapshots.rows import snapshot_row

    snapshot = captured.snapshot
    counts, row = snapshot.counts, snapshot_row(snapshot)
    result: dict[str, Any] = {"done": True, **row, "users_graded": counts.users_graded, "at_risk": counts.at_risk}
    result |= {"by_another": captured.by_another, "source": snapshot.source.value}
    result |= {"implausible": captured.implausible is not None}
    if captured.campaigns_problem:
        result["campaigns_problem"] = problem_as_json(captured.campaigns_problem)
    if captured.people_problem:
        result["people_problem"] = problem_as_json(captured.people_problem)
    share = format_percent(counts.share(counts.at_risk))
    users = f"{pluralize(counts.users_graded, 'user')} graded, {format_int(counts.at_risk)} at risk ({share})"
    origin = " by another run" if captured.by_another else ""
    warning = " These numbers are made up: the sandbox answered." if snapshot.source.is_made_up else ""
    return result, f"{snapshot.account}: {users}, stored{origin}, taken at {row['taken_at']}.{warning}"


def _run_of(result: CaptureResult) -> Run:
    """Return the record of a scheduled run that ended with this result."""
    from mimecast.domain.scheduled_runs import RunOutcome, run_from_outcome

    outcome: RunOutcome | Problem
    warnings: tuple[str, ...] = ()
    if isinstance(result.outcome, Problem):
        outcome = result.outcome
    else:
        outcome = RunOutcome.SHARED if result.outcome.by_another else RunOutcome.STORED
        warnings = result.outcome.all_warnings
        if problem := result.outcome.campaigns_problem:
            warnings = (*warnings, f"The campaigns were not stored. {problem}")
        if problem := result.outcome.people_problem:
            warnings = (*warnings, f"The list of users was not stored. {problem}")
    return run_from_outcome(result.account.id, result.started, result.ended, outcome, warnings)


def _record_runs(store: Store, runs: list[Run]) -> None:
    """Store the runs. A failure to do so is printed and does not change the exit status of the captures.

    It is not printed when every run failed with this same problem, which is printed already.
    """
    from mimecast.store.errors import StoreError
    from mimecast.store.scheduled_runs import save_runs

    try:
        save_runs(store, *runs)
    except StoreError as problem:
        if any(problem.title != run.title for run in runs):
            subject = f"{runs[0].account}: this run was" if len(runs) == 1 else f"{len(runs)} runs were"
            print_problem(problem, f"{subject} not recorded")
