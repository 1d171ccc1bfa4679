"""`snapshot`: capture every account, or one, once. What a scheduler runs; each run is recorded in the store."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from mimecast.cli.context import find_account, load_settings_with_accounts, open_store
from mimecast.cli.options import DONE, FAILED, Commands, account_option, reporting_options
from mimecast.cli.output import complain, problem_as_json, report
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.problem import Problem

if TYPE_CHECKING:
    from mimecast.capture.one_account import CapturedSnapshot
    from mimecast.domain.scheduled_runs import Run
    from mimecast.store.store import Store


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "snapshot",
        parents=[account_option(), reporting_options()],
        help="capture every account once; what cron runs",
    )
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    import truststore

    from mimecast.capture.all_accounts import capture_all
    from mimecast.domain.scheduled_runs import RunOutcome, run_from_outcome

    truststore.inject_into_ssl()
    settings = load_settings_with_accounts("capture")
    accounts = [find_account(settings, options.account)] if options.account else list(settings.accounts)
    store = open_store(settings.store_url)
    failures = 0
    for batch in capture_all(accounts, store):
        ended: list[Run] = []
        for one in batch:
            outcome: RunOutcome | Problem
            if isinstance(one.outcome, Problem):
                outcome = one.outcome
                failures += 1
                complain(outcome, one.account.id)
                report(options, {"account": one.account.id, "done": False, **problem_as_json(outcome)})
            else:
                outcome = RunOutcome.SHARED if one.outcome.by_another else RunOutcome.STORED
                for warning in one.outcome.warnings:
                    print(f"{one.account.id}: {warning}", file=sys.stderr)
                report(options, *_captured(one.outcome))
            ended.append(run_from_outcome(one.account.id, one.started, one.ended, outcome))
        _record(store, ended)
    return FAILED if failures else DONE


def _captured(captured: CapturedSnapshot) -> tuple[dict[str, Any], str]:
    from mimecast.reports.snapshot_csv import snapshot_row

    made = captured.snapshot
    counts, row = made.counts, snapshot_row(made)
    result = {"done": True, **row, "users_graded": counts.users_graded, "at_risk": counts.at_risk}
    result["by_another"] = captured.by_another
    share = format_percent(counts.share(counts.at_risk))
    said = f"{pluralize(counts.users_graded, 'user')} graded, {format_int(counts.at_risk)} at risk ({share})"
    another = " by another run" if captured.by_another else ""
    return result, f"{made.account}: {said}, stored{another} as of {row['taken_at']}."


def _record(store: Store, ended: list[Run]) -> None:
    """Keep the runs. That they cannot be kept changes nothing of how the captures ended, and is said once."""
    from mimecast.store.errors import StoreError
    from mimecast.store.scheduled_runs import save_runs

    try:
        save_runs(store, *ended)
    except StoreError as problem:
        if any(problem.title != run.title for run in ended):
            which = f"{ended[0].account}: this run was" if len(ended) == 1 else f"{len(ended)} runs were"
            complain(problem, f"{which} not recorded")
