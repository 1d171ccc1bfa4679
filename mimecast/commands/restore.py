"""`restore`: put what a backup holds in place of everything in the store."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from mimecast.commands.common import (
    DONE,
    Verbs,
    refuse_store_itself,
    report,
    reporting_options,
    settings_as_they_are,
)
from mimecast.wording import count_of


def declare(verbs: Verbs) -> None:
    made = verbs.add_parser("restore", parents=[reporting_options()], help="put a backup in place of what is stored")
    made.add_argument("file", type=Path, metavar="FILE", help="what backup wrote")
    made.add_argument("--force", action="store_true", help="also when the store is damaged or holds more")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.history.backup import restore_backup

    settings = settings_as_they_are()
    refuse_store_itself(settings, options.file)
    restored, aside = restore_backup(settings.store_url, options.file, force=options.force, now=datetime.now(UTC))
    if aside:
        print(f"The damaged store was set aside as {aside}.", file=sys.stderr)
    said = f"{count_of(restored['snapshots'], 'snapshot')} and {count_of(restored['notes'], 'note')}"
    result = {"file": str(options.file), **restored, "set_aside": str(aside) if aside else None}
    report(options, result, f"{said} restored from {options.file}.")
    return DONE
