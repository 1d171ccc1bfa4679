"""`restore`: put the contents of a backup in place of what is stored, or add them to it."""

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
        "restore", parents=[reporting_options()], help="replace what is stored with a backup, or add the backup"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that backup wrote")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--merge", action="store_true", help="keep what is stored, and add what only the backup holds")
    mode.add_argument("--force", action="store_true", help="delete what the backup lacks, and replace a damaged store")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Restore the backup and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.restore import RestoreMode, restore_backup

    settings = load_settings()
    refuse_store_file(settings, options.file)
    mode = RestoreMode.MERGE if options.merge else RestoreMode.REPLACE if options.force else RestoreMode.REFUSE
    restored = restore_backup(settings.store_url, options.file, mode=mode, now=datetime.now(UTC))
    if restored.quarantined:
        print(f"The damaged store was set aside as {restored.quarantined}.", file=sys.stderr)
    amounts = f"{pluralize(restored.rows['snapshots'], 'snapshot')} and {pluralize(restored.rows['notes'], 'note')}"
    text = f"{amounts} {'added' if options.merge else 'restored'} from {options.file}."
    if restored.different:
        entries = pluralize(restored.different, "entry", "entries")
        differ, ones = ("differs", "one, which was") if restored.different == 1 else ("differ", "ones, which were")
        text += f" {entries} of the backup {differ} from the stored {ones} kept."
    result = {
        "file": str(options.file),
        **restored.rows,
        "different": restored.different,
        "set_aside": str(restored.quarantined) if restored.quarantined else None,
    }
    print_result(options, result, text)
    return DONE
