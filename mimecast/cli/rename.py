"""`rename`: keep a history when its account gets another id."""

from __future__ import annotations

import argparse
import sys

from mimecast.cli.context import load_settings, open_existing_store
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import report
from mimecast.formatting import pluralize
from mimecast.settings.accounts import check_account_id


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "rename", parents=[reporting_options()], help="keep a history when its account gets another id"
    )
    made.add_argument("old", metavar="OLD_ID", help="the id under which it is stored, for example default")
    made.add_argument("new", metavar="NEW_ID", help="the id that the account has in the settings from now on")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.store.maintenance.rename import rename_account

    old, new = options.old, check_account_id(options.new)
    if old == new:
        raise UsageError("The two ids are the same.", remedy="Say the old one, then the new one.")
    settings = load_settings()
    moved = rename_account(open_existing_store(settings), old, new)
    said = f"{pluralize(moved['snapshots'], 'snapshot')} and {pluralize(moved['notes'], 'note')}"
    report(options, {"old": old, "new": new, **moved}, f"{said} of {old} are now stored under {new}.")
    if new not in [account.id for account in settings.accounts]:
        print(f"The settings have no account {new} yet: put its keys into [mimecast.accounts.{new}].", file=sys.stderr)
    return DONE
