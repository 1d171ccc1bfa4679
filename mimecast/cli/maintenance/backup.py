"""`backup`: write everything the store holds into one file, also while the store is in use."""

from __future__ import annotations

import argparse
from pathlib import Path

from mimecast.cli.context import load_settings, open_existing_store, refuse_store_file
from mimecast.cli.options import DONE, Commands, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import pluralize


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser("backup", parents=[reporting_options()], help="write the whole store into one file")
    parser.add_argument("file", type=Path, metavar="FILE", help="a SQLite file; an existing one is replaced")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Write the backup and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.backup import write_backup

    settings = load_settings()
    refuse_store_file(settings, options.file)
    rows = write_backup(open_existing_store(settings), options.file)
    amounts = f"{pluralize(rows['snapshots'], 'snapshot')} and {pluralize(rows['notes'], 'note')}"
    print_result(options, {"file": str(options.file), **rows}, f"{amounts} written to {options.file}.")
    return DONE
