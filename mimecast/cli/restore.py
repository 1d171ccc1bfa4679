"""`restore`: replace everything in the store with the contents of a backup."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from mimecast.cli.context import load_settings, refuse_store_file
from mimecast.cli.options import DONE, Commands, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import pluralize


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "restore", parents=[reporting_options()], help="put a backup in place of what is stored"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="what backup wrote")
    parser.add_argument("--force", action="store_true", help="also when the store is damaged or holds more")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Restore the backup and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.backup import restore_backup

    settings = load_settings()
    refuse_store_file(settings, options.file)
    rows, quarantined = restore_backup(settings.store_url, options.file, force=options.force, now=datetime.now(UTC))
    if quarantined:
        print(f"The damaged store was set aside as {quarantined}.", file=sys.stderr)
    amounts = f"{pluralize(rows['snapshots'], 'snapshot')} and {pluralize(rows['notes'], 'note')}"
    result = {"file": str(options.file), **rows, "set_aside": str(quarantined) if quarantined else None}
    print_result(options, result, f"{amounts} restored from {options.file}.")
    return DONE
