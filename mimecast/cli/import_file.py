"""`import`: store the snapshots of a file that export wrote."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from mimecast.cli.context import find_account, load_settings_with_accounts, open_store
from mimecast.cli.file_arguments import open_input
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import format_int, pluralize


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "import", parents=[reporting_options()], help="store the snapshots of a file that export wrote"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines; - reads from the terminal")
    parser.add_argument("--account", metavar="ID", help="store them under this account, whichever the file names")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Store the snapshots of the file and return the exit status. Raises Problem."""
    from dataclasses import replace

    from mimecast.reports.snapshot_csv import read_snapshots
    from mimecast.store.imports import import_snapshots

    settings = load_settings_with_accounts("import into")
    target = find_account(settings, options.account) if options.account else None
    with open_input(options.file) as text:
        snapshots = read_snapshots(text, now=datetime.now(UTC))
    if target:
        snapshots = [replace(snapshot, account=target.id) for snapshot in snapshots]
    store = open_store(settings.store_url)
    known_ids = {account.id for account in settings.accounts} | set(store.accounts())
    if unknown_ids := sorted({snapshot.account for snapshot in snapshots} - known_ids):
        raise UsageError(
            f"The file holds snapshots of {unknown_ids[0]}, which is not an account here. Nothing was imported.",
            remedy=f"Say into which account with --account, for example --account {settings.accounts[0].id}.",
        )
    added = import_snapshots(store, snapshots, file_name=options.file.name, author="", now=datetime.now(UTC))
    result = {"added": added.new, "already_there": added.already_there, "different": added.different}
    summary = f"{pluralize(added.new, 'snapshot')} added, {format_int(added.already_there)} already there."
    print_result(options, result, summary)
    if added.different:
        print(
            f"{pluralize(added.different, 'snapshot')} in the file has other counts than the one stored for the same "
            "account and instant; what was stored was kept.",
            file=sys.stderr,
        )
    return DONE
