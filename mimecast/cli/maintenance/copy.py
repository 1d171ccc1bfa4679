"""`copy`: copy a store into another database and compare the two row by row."""

from __future__ import annotations

import argparse
import os
from typing import Final

from mimecast.cli.context import open_store
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_problem, print_result, progress_line
from mimecast.formatting import format_int, join_and
from mimecast.settings.store_url import STORE_VARIABLE, checked_store_url

TARGET_VARIABLE: Final = "SNAPSHOTS_TARGET_URL"
"""The environment variable with the URL to copy to. Unlike arguments, variables are hidden from other users."""


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "copy", parents=[reporting_options()], help="copy a store into an empty one, and compare every row"
    )
    parser.add_argument(
        "source", nargs="?", metavar="FROM_URL", help=f"the store to copy; default: the variable {STORE_VARIABLE}"
    )
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TO_URL",
        help=f"an empty database or a new file, like sqlite:///data/other.db; default: the variable {TARGET_VARIABLE}",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Copy the store and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.transfer import copy_store
    from mimecast.store.store import Store

    source_url = _checked_url(options.source, "FROM_URL", STORE_VARIABLE)
    target_url = _checked_url(options.target, "TO_URL", TARGET_VARIABLE)
    if source_url == target_url:
        raise UsageError("FROM_URL and TO_URL name the same store.", remedy="Give the URL of an empty one as TO_URL.")
    source, target = Store.open_existing(source_url), open_store(target_url)
    for warning in source.warnings:
        print_problem(warning)
    with progress_line(options, "Copying and comparing:") as show_progress:
        rows = copy_store(source, target, show_progress)
    amounts = join_and([f"{format_int(count)} in {table}" for table, count in rows.items() if count])
    text = (
        f"Copied from {source.name} to {target.name}, and compared row by row. Rows: {amounts}.\n"
        "To use the copy, put its URL into [connections.snapshots]. The original was not changed."
    )
    print_result(options, {"from": source.name, "to": target.name, "rows": rows, "compared": True}, text)
    return DONE


def _checked_url(text: str | None, argument: str, variable: str) -> str:
    """Return the URL of a store that persists, from an argument or else from an environment variable.

    Raises UsageError or SettingsError, which name the argument or the variable.
    """
    from mimecast.store.database.database_url import parse_url
    from mimecast.store.database.sqlite import sqlite_file
    from mimecast.store.errors import StoreError

    if text is None:
        text, missing, argument = os.environ.get(variable, "").strip(), argument, variable
        if not text:
            raise UsageError(f"{missing} is missing.", remedy=f"Give it as an argument or in {variable}.")
    url = checked_store_url(text, argument)
    try:
        parsed = parse_url(url)
    except StoreError as problem:
        raise UsageError(f"{argument}: {problem.message}", remedy=problem.remedy) from None
    if parsed.get_backend_name() == "sqlite" and sqlite_file(parsed) is None:
        raise UsageError(f"{argument} names a store in memory, which holds nothing.", remedy="Name a file.")
    return url
