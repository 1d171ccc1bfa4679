"""`import`: store the snapshots of exported files."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mimecast.cli.context import find_account, load_settings_with_accounts, open_store
from mimecast.cli.file_arguments import read_input
from mimecast.cli.options import DONE, FAILED, USAGE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_problem, print_result
from mimecast.formatting import format_int, pluralize

if TYPE_CHECKING:
    from mimecast.domain.snapshot import Snapshot
    from mimecast.store.snapshot_rows import AddResult


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser("import", parents=[reporting_options()], help="store the snapshots of exported files")
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="CSV or JSON lines; - reads the standard input"
    )
    parser.add_argument(
        "--account", metavar="ID", help="store them under this account, regardless of the ids in the files"
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Store the snapshots of all files, or of none where one is invalid; return the exit status. Raises Problem."""
    from mimecast.store.imports import import_snapshots

    settings = load_settings_with_accounts("import into")
    target = find_account(settings, options.account) if options.account else None
    now, files = datetime.now(UTC), options.files
    snapshots_by_file, status = _read(files, now)
    if status != DONE:
        return status
    if target:
        snapshots_by_file = [
            [replace(snapshot, account=target.id) for snapshot in snapshots] for snapshots in snapshots_by_file
        ]
    store = open_store(settings.store_url)
    known_ids = {account.id for account in settings.accounts} | set(store.accounts())
    for file, snapshots in zip(files, snapshots_by_file, strict=True):
        if unknown_ids := sorted({snapshot.account for snapshot in snapshots} - known_ids):
            raise UsageError(
                f"{_name(file)} holds snapshots of {unknown_ids[0]}, which is not a configured account. Nothing was "
                "imported.",
                remedy=f"Choose the account with --account, for example --account {settings.accounts[0].id}.",
            )
    for file, snapshots in zip(files, snapshots_by_file, strict=True):
        added = import_snapshots(store, snapshots, file_name=file.name, author="", now=now)
        _report(options, file, added)
    return DONE


def _read(files: list[Path], now: datetime) -> tuple[list[list[Snapshot]], int]:
    """Return the snapshots of each file, and `DONE` or the exit status after printing what is wrong with files."""
    from mimecast.reports.snapshots.reader import MAX_FILE_BYTES, ImportFileInvalid, read_snapshots

    snapshots_by_file: list[list[Snapshot]] = []
    status = DONE
    for file in files:
        try:
            snapshots_by_file.append(read_snapshots(read_input(file, MAX_FILE_BYTES), now=now))
        except (ImportFileInvalid, UsageError) as problem:
            print_problem(problem, _name(file) if len(files) > 1 else "")
            status = max(status, USAGE if isinstance(problem, UsageError) else FAILED)
    if status != DONE and len(files) > 1:
        print("Nothing was imported.", file=sys.stderr)
    return snapshots_by_file, status


def _report(options: argparse.Namespace, file: Path, added: AddResult) -> None:
    result = {
        "file": str(file),
        "added": added.new,
        "already_there": added.already_there,
        "different": added.different,
    }
    subject = f"{_name(file)}: " if len(options.files) > 1 else ""
    summary = f"{subject}{pluralize(added.new, 'snapshot')} added, {format_int(added.already_there)} already there."
    print_result(options, result, summary)
    if added.different:
        have, stored = ("has", "the one") if added.different == 1 else ("have", "those")
        print(
            f"{subject}{pluralize(added.different, 'snapshot')} in the file {have} different counts from {stored} "
            f"stored for the same account and time; the stored counts were kept.",
            file=sys.stderr,
        )


def _name(file: Path) -> str:
    return "The standard input" if str(file) == "-" else str(file)
