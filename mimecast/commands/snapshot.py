"""`snapshot`: capture every account, or one, once. What a scheduler runs; each run is recorded in the store."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from mimecast.commands.common import (
    DONE,
    FAILED,
    Verbs,
    account_option,
    as_json,
    complain,
    configured,
    open_store,
    report,
    reporting_options,
    settings_with_accounts,
)
from mimecast.problems import Problem
from mimecast.wording import count_of, number, percent

if TYPE_CHECKING:
    from mimecast.capture import Captured
    from mimecast.history.runs import Run
    from mimecast.history.store import Store


def declare(verbs: Verbs) -> None:
    made = verbs.add_parser(
        "snapshot",
        parents=[account_option(), reporting_options()],
        help="capture every account once; what cron runs",
    )
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    import truststore

    from mimecast.capture_all import capture_all
    from mimecast.history.runs import Outcome, finished

    truststore.inject_into_ssl()
    settings = settings_with_accounts("capture")
    accounts = [configured(settings, options.account)] if options.account else list(settings.accounts)
    store = open_store(settings.store_url)
    failures = 0
    for batch in capture_all(accounts, store):
        ended: list[Run] = []
        for one in batch:
            outcome: Outcome | Problem
            if isinstance(one.outcome, Problem):
                outcome = one.outcome
                failures += 1
                complain(outcome, one.account.id)
                report(options, {"account": one.account.id, "done": False, **as_json(outcome)})
            else:
                outcome = Outcome.SHARED if one.outcome.by_another else Outcome.STORED
                for warning in one.outcome.warnings:
                    print(f"{one.account.id}: {warning}", file=sys.stderr)
                report(options, *_captured(one.outcome))
            ended.append(finished(one.account.id, one.started, one.ended, outcome))
        _record(store, ended)
    return FAILED if failures else DONE


def _captured(captured: Captured) -> tuple[dict[str, Any], str]:
    from mimecast.exports.interchange import as_row

    made = captured.snapshot
    counts, row = made.counts, as_row(made)
    result = {"done": True, **row, "users_graded": counts.users_graded, "at_risk": counts.at_risk}
    result["by_another"] = captured.by_another
    share = percent(counts.share(counts.at_risk))
    said = f"{count_of(counts.users_graded, 'user')} graded, {number(counts.at_risk)} at risk ({share})"
    another = " by another run" if captured.by_another else ""
    return result, f"{made.account}: {said}, stored{another} as of {row['taken_at']}."


def _record(store: Store, ended: list[Run]) -> None:
    """Keep the runs. That they cannot be kept changes nothing of how the captures ended, and is said once."""
    from mimecast.history.database import StoreError
    from mimecast.history.runs import record

    try:
        record(store, *ended)
    except StoreError as problem:
        if any(problem.title != run.title for run in ended):
            which = f"{ended[0].account}: this run was" if len(ended) == 1 else f"{len(ended)} runs were"
            complain(problem, f"{which} not recorded")
