"""`rename`: move an account's history to another account id."""

from __future__ import annotations

import argparse
import sys

from mimecast.cli.context import load_settings, open_existing_store
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import pluralize
from mimecast.settings.accounts import check_account_id


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "rename", parents=[reporting_options()], help="keep a history when its account gets a new id"
    )
    parser.add_argument("old", metavar="OLD_ID", help="the id under which it is stored, for example default")
    parser.add_argument("new", metavar="NEW_ID", help="the id that the account has in the settings from now on")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Rename the account in the store and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.rename import rename_account

    old, new = options.old, check_account_id(options.new)
    if old == new:
        raise UsageError("The two ids are the same.", remedy="Give the old one, then the new one.")
    settings = load_settings()
    rows = rename_account(open_existing_store(settings), old, new)
    amounts = f"{pluralize(rows['snapshots'], 'snapshot')} and {pluralize(rows['notes'], 'note')}"
    print_result(options, {"old": old, "new": new, **rows}, f"{amounts} of {old} are now stored under {new}.")
    if new not in [account.id for account in settings.accounts]:
        print(f"The settings have no account {new} yet: put its keys into [mimecast.accounts.{new}].", file=sys.stderr)
    return DONE
