"""`schedule`: print the scheduler entry that makes this machine take snapshots regularly."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from mimecast.capture.scheduler_templates import (
    Installation,
    Scheduler,
    ScheduleUnsupported,
    default_scheduler,
    hidden_variables,
    make_snippet,
    parse_interval,
    variables_remedy,
)
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import join_and
from mimecast.problem import Problem
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.secrets_files import read_secrets_files
from mimecast.settings.store_url import STORE_VARIABLE, read_store_url


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "schedule",
        parents=[reporting_options()],
        help="print what to paste so that this computer takes snapshots regularly",
    )
    parser.add_argument(
        "--every",
        type=_interval,
        default=timedelta(days=1),
        metavar="24h",
        help="interval, like 30m, 6h or 1d; default 24h",
    )
    parser.add_argument(
        "--scheduler",
        choices=[scheduler.value for scheduler in Scheduler],
        help="the scheduler to use; default: the usual one of this platform",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Print the entry and return the exit status. Raises UsageError when the scheduler cannot express the interval."""
    systemd_runs = Path("/run/systemd/system").is_dir()
    scheduler = Scheduler(options.scheduler or default_scheduler(sys.platform, systemd_runs=systemd_runs))
    installation = _installation()
    try:
        snippet = make_snippet(scheduler, options.every, installation)
    except ScheduleUnsupported as problem:
        raise UsageError(problem.message, remedy=problem.remedy) from None
    minutes = int(options.every.total_seconds()) // 60
    result: dict[str, Any] = {"scheduler": snippet.scheduler.value, "every_minutes": minutes, "paste": snippet.paste}
    result |= {"units": snippet.units} if snippet.units else {"line": snippet.line}
    print_result(options, result, snippet.paste)
    settings = [name for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE) if os.environ.get(name)]
    _warn_of_variables(settings, "Put the settings into .streamlit/secrets.toml.")
    _warn_of_variables(hidden_variables(os.environ), variables_remedy(scheduler, installation))
    return DONE


def _warn_of_variables(names: list[str], remedy: str) -> None:
    """Name variables on stderr that a scheduled run will lack. Their values may be secret and are not shown."""
    if not names:
        return
    verb, them = ("is", "it") if len(names) == 1 else ("are", "them")
    print(
        f"{join_and(names)} {verb} set in this shell only; a scheduled run will not see {them}. {remedy}",
        file=sys.stderr,
    )


def _installation() -> Installation:
    """Return this checkout and the running interpreter.

    The interpreter's path is not resolved: the one in a virtual environment links to one outside, which lacks the
    libraries.
    """
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    return Installation(
        str(Path(sys.executable).absolute()),
        str(PROJECT),
        is_root,
        _owner() if is_root else None,
        _store_folder() if is_root else None,
    )


def _store_folder() -> str | None:
    """Return the folder that a snapshot writes, or its nearest parent that exists; None for a PostgreSQL store.

    With settings that cannot be read, it is the project's: the service must still be able to write once they can.
    """
    from mimecast.store.database.database_url import parse_url
    from mimecast.store.database.sqlite import sqlite_file

    try:
        file = sqlite_file(parse_url(read_store_url(read_secrets_files(), os.environ)))
    except Problem:
        return str(PROJECT)
    if file is None:
        return None
    return str(next((folder for folder in file.absolute().parents if folder.is_dir()), PROJECT))


def _owner() -> str | None:
    """Return the user who owns the checkout, or None for root.

    When root schedules the command, it must run as this user, who otherwise could not write the files that root
    creates.
    """
    if sys.platform == "win32" or PROJECT.stat().st_uid == 0:
        return None
    try:
        return PROJECT.owner()
    except KeyError:
        return str(PROJECT.stat().st_uid)


def _interval(text: str) -> timedelta:
    try:
        return parse_interval(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
