"""`import`: store the snapshots of a file that export wrote."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from mimecast.cli.context import find_account, load_settings_with_accounts, open_store
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import input_file, report
from mimecast.formatting import format_int, pluralize


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "import", parents=[reporting_options()], help="store the snapshots of a file that export wrote"
    )
    made.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines; - reads from the terminal")
    made.add_argument("--account", metavar="ID", help="store them under this account, whichever the file names")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from mimecast.reports.snapshot_csv import read_snapshots
    from mimecast.store.imports import import_snapshots

    settings = load_settings_with_accounts("import into")
    into = find_account(settings, options.account) if options.account else None
    with input_file(options.file) as text:
        found = read_snapshots(text, now=datetime.now(UTC))
    if into:
        found = [replace(one, account=into.id) for one in found]
    store = open_store(settings.store_url)
    known = {account.id for account in settings.accounts} | set(store.accounts())
    if strangers := sorted({one.account for one in found} - known):
        raise UsageError(
            f"The file holds snapshots of {strangers[0]}, which is not an account here. Nothing was imported.",
            remedy=f"Say into which account with --account, for example --account {settings.accounts[0].id}.",
        )
    added = import_snapshots(store, found, file_name=options.file.name, author="", now=datetime.now(UTC))
    said = f"{pluralize(added.new, 'snapshot')} added, {format_int(added.already_there)} already there."
    report(options, {"added": added.new, "already_there": added.already_there, "different": added.different}, said)
    if added.different:
        print(
            f"{pluralize(added.different, 'snapshot')} in the file has other counts than the one stored for the same "
            "account and instant; what was stored was kept.",
            file=sys.stderr,
        )
    return DONE
