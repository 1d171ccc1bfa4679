"""`restore`: put what a backup holds in place of everything in the store."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from mimecast.cli.context import load_settings, refuse_store_file
from mimecast.cli.options import DONE, Commands, reporting_options
from mimecast.cli.output import report
from mimecast.formatting import pluralize


def declare(verbs: Commands) -> None:
    made = verbs.add_parser("restore", parents=[reporting_options()], help="put a backup in place of what is stored")
    made.add_argument("file", type=Path, metavar="FILE", help="what backup wrote")
    made.add_argument("--force", action="store_true", help="also when the store is damaged or holds more")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.store.maintenance.backup import restore_backup

    settings = load_settings()
    refuse_store_file(settings, options.file)
    restored, aside = restore_backup(settings.store_url, options.file, force=options.force, now=datetime.now(UTC))
    if aside:
        print(f"The damaged store was set aside as {aside}.", file=sys.stderr)
    said = f"{pluralize(restored['snapshots'], 'snapshot')} and {pluralize(restored['notes'], 'note')}"
    result = {"file": str(options.file), **restored, "set_aside": str(aside) if aside else None}
    report(options, result, f"{said} restored from {options.file}.")
    return DONE
