"""`people forget`: delete all stored people data."""

from __future__ import annotations

import argparse
import sys

from mimecast.cli.context import load_settings, open_existing_store
from mimecast.cli.options import DONE, Commands, account_option, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import pluralize


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "people",
        parents=[account_option(), reporting_options()],
        help="forget: delete the stored departments, component grades and pseudonyms",
    )
    parser.add_argument("action", choices=("forget",), help="forget deletes the data, of all accounts or of one")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Delete the data, rewrite the store's file, and return the exit status. Raises Problem."""
    from mimecast.store.people.forget import UNREACHED_COPIES, forget_people

    store = open_existing_store(load_settings())
    deleted = forget_people(store, options.account)
    of_account = f" of {options.account}" if options.account else ""
    result = {"forgotten": True, "account": options.account or "", "rows": deleted}
    print_result(options, result, f"The people data{of_account} is deleted: {pluralize(deleted, 'row')}.")
    if not options.quiet:
        print("Copies that this command cannot reach may still exist:", file=sys.stderr)
        for copy in UNREACHED_COPIES:
            print(f"- {copy}", file=sys.stderr)
    return DONE
