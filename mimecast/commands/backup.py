"""`backup`: write everything the store holds into one file, also while the store is in use."""

from __future__ import annotations

import argparse
from pathlib import Path

from mimecast.commands.common import (
    DONE,
    Verbs,
    existing_store,
    refuse_store_itself,
    report,
    reporting_options,
    settings_as_they_are,
)
from mimecast.wording import count_of


def declare(verbs: Verbs) -> None:
    made = verbs.add_parser(
        "backup", parents=[reporting_options()], help="write everything the store holds into one file"
    )
    made.add_argument("file", type=Path, metavar="FILE", help="a SQLite file; one that is there is replaced")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.history.backup import write_backup

    settings = settings_as_they_are()
    refuse_store_itself(settings, options.file)
    written = write_backup(existing_store(settings), options.file)
    said = f"{count_of(written['snapshots'], 'snapshot')} and {count_of(written['notes'], 'note')}"
    report(options, {"file": str(options.file), **written}, f"{said} written to {options.file}.")
    return DONE
