"""`rename`: keep a history when its account gets another id."""

from __future__ import annotations

import argparse
import sys

from mimecast.commands.common import (
    DONE,
    UsageError,
    Verbs,
    existing_store,
    report,
    reporting_options,
    settings_as_they_are,
)
from mimecast.settings import account_id
from mimecast.wording import count_of


def declare(verbs: Verbs) -> None:
    made = verbs.add_parser(
        "rename", parents=[reporting_options()], help="keep a history when its account gets another id"
    )
    made.add_argument("old", metavar="OLD_ID", help="the id under which it is stored, for example default")
    made.add_argument("new", metavar="NEW_ID", help="the id that the account has in the settings from now on")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.history.rename import rename_account

    old, new = options.old, account_id(options.new)
    if old == new:
        raise UsageError("The two ids are the same.", remedy="Say the old one, then the new one.")
    settings = settings_as_they_are()
    moved = rename_account(existing_store(settings), old, new)
    said = f"{count_of(moved['snapshots'], 'snapshot')} and {count_of(moved['notes'], 'note')}"
    report(options, {"old": old, "new": new, **moved}, f"{said} of {old} are now stored under {new}.")
    if new not in [account.id for account in settings.accounts]:
        print(f"The settings have no account {new} yet: put its keys into [mimecast.accounts.{new}].", file=sys.stderr)
    return DONE
