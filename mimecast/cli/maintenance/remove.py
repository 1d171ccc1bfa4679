"""`remove`: delete one snapshot, after asking."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mimecast.cli.context import load_settings, open_existing_store
from mimecast.cli.options import DONE, FAILED, Commands, UsageError, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import format_int, format_iso_utc, join_and, pluralize

if TYPE_CHECKING:
    from mimecast.domain.snapshot import Snapshot


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser("remove", parents=[reporting_options()], help="delete one snapshot, after asking")
    parser.add_argument(
        "taken_at", type=_instant, metavar="TAKEN_AT", help="when it was taken, as exported: 2026-11-24T03:00:00Z"
    )
    parser.add_argument("--account", metavar="ID", help="needed if several accounts have a snapshot taken at that time")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Remove the snapshot and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.remove import SnapshotMissing, remove_snapshot, snapshots_at

    store = open_existing_store(load_settings())
    candidates = snapshots_at(store, options.taken_at, options.account)
    if not candidates:
        owner = f" of {options.account}" if options.account else ""
        raise SnapshotMissing(f"No snapshot{owner} was taken at {format_iso_utc(options.taken_at)}.")
    if len(candidates) > 1:
        accounts = [snapshot.account for snapshot in candidates]
        raise UsageError(
            f"{join_and(accounts)} have a snapshot taken at that time.",
            remedy=f"Choose one with --account, for example --account {accounts[0]}.",
        )
    (snapshot,) = candidates
    description = _describe(snapshot)
    if not options.yes and not _confirm(description):
        print("Nothing was removed.", file=sys.stderr)
        return FAILED
    remove_snapshot(store, snapshot, now=datetime.now(UTC))
    result = {"removed": True, "account": snapshot.account, "taken_at": format_iso_utc(snapshot.taken_at)}
    print_result(options, result, f"Removed: {description}.")
    return DONE


def _describe(snapshot: Snapshot) -> str:
    counts = snapshot.counts
    users = f"{pluralize(counts.users_graded, 'user')} graded, {format_int(counts.at_risk)} at risk"
    return f"the snapshot of {snapshot.account} taken at {format_iso_utc(snapshot.taken_at)} ({users})"


def _confirm(description: str) -> bool:
    """Ask on the terminal. Raises UsageError when the standard input ends without an answer."""
    print(f"Remove {description}? It cannot be requested again. [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline() if sys.stdin else ""
    if not answer:
        print(file=sys.stderr)
        raise UsageError(
            "The question cannot be answered without a terminal.",
            remedy="Add --yes to remove the snapshot without being asked.",
        )
    return answer.strip().lower() in ("y", "yes")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant like 2026-11-24T03:00:00Z")
    return instant
