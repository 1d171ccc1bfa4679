"""`copy`: copy a store into another database and compare the two row by row."""

from __future__ import annotations

import argparse

from mimecast.cli.context import open_store
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_result, progress_line
from mimecast.formatting import format_int, join_and
from mimecast.settings.store_url import checked_store_url


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "copy", parents=[reporting_options()], help="copy a store into an empty one, and compare every row"
    )
    parser.add_argument("source", metavar="FROM_URL", help="the store to copy; it is left as it is")
    parser.add_argument("target", metavar="TO_URL", help="an empty database, or a new file: sqlite:///data/other.db")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Copy the store and return the exit status. Raises Problem."""
    from mimecast.store.maintenance.transfer import copy_store
    from mimecast.store.store import Store

    source_url, target_url = _checked_url(options.source, "FROM_URL"), _checked_url(options.target, "TO_URL")
    if source_url == target_url:
        raise UsageError("FROM_URL and TO_URL name the same store.", remedy="Give the URL of an empty one as TO_URL.")
    source, target = Store.open_existing(source_url), open_store(target_url)
    with progress_line(options, "Copying and comparing:") as show_progress:
        rows = copy_store(source, target, show_progress)
    amounts = join_and([f"{format_int(count)} of {table}" for table, count in rows.items() if count])
    text = (
        f"Copied from {source.name} to {target.name}, and compared row by row: {amounts}.\n"
        "To use the copy, put its URL into [connections.snapshots]. The original was left as it is."
    )
    print_result(options, {"from": source.name, "to": target.name, "rows": rows, "compared": True}, text)
    return DONE


def _checked_url(text: str, argument: str) -> str:
    """Return the URL of a store that persists. Raises UsageError or SettingsError, which name the argument."""
    from mimecast.store.database.engine import parse_url, sqlite_file
    from mimecast.store.errors import StoreError

    url = checked_store_url(text, argument)
    try:
        parsed = parse_url(url)
    except StoreError as problem:
        raise UsageError(f"{argument}: {problem.message}", remedy=problem.remedy) from None
    if parsed.get_backend_name() == "sqlite" and sqlite_file(parsed) is None:
        raise UsageError(f"{argument} names a store in memory, which holds nothing.", remedy="Name a file.")
    return url
