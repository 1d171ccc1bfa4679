"""`backup`: write everything the store holds into one file, also while the store is in use."""

from __future__ import annotations

import argparse
from pathlib import Path

from mimecast.cli.context import load_settings, open_existing_store, refuse_store_file
from mimecast.cli.options import DONE, Commands, reporting_options
from mimecast.cli.output import report
from mimecast.formatting import pluralize


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "backup", parents=[reporting_options()], help="write everything the store holds into one file"
    )
    made.add_argument("file", type=Path, metavar="FILE", help="a SQLite file; one that is there is replaced")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.store.maintenance.backup import write_backup

    settings = load_settings()
    refuse_store_file(settings, options.file)
    written = write_backup(open_existing_store(settings), options.file)
    said = f"{pluralize(written['snapshots'], 'snapshot')} and {pluralize(written['notes'], 'note')}"
    report(options, {"file": str(options.file), **written}, f"{said} written to {options.file}.")
    return DONE
