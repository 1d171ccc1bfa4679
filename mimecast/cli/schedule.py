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
    make_snippet,
    parse_interval,
)
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import join_and
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "schedule",
        parents=[reporting_options()],
        help="print what to paste so that this machine takes snapshots by itself",
    )
    parser.add_argument(
        "--every", type=_interval, default=timedelta(days=1), metavar="24h", help="30m, 6h, 1d ...; default 24h"
    )
    parser.add_argument(
        "--scheduler",
        choices=[scheduler.value for scheduler in Scheduler],
        help="instead of the one that fits this machine",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Print the entry and return the exit status. Raises UsageError when the scheduler cannot express the interval."""
    systemd_runs = Path("/run/systemd/system").is_dir()
    scheduler = Scheduler(options.scheduler or default_scheduler(sys.platform, systemd_runs=systemd_runs))
    try:
        snippet = make_snippet(scheduler, options.every, _installation())
    except ScheduleUnsupported as problem:
        raise UsageError(problem.message, remedy=problem.remedy) from None
    minutes = int(options.every.total_seconds()) // 60
    result: dict[str, Any] = {"scheduler": snippet.scheduler.value, "every_minutes": minutes, "paste": snippet.paste}
    result |= {"units": snippet.units} if snippet.units else {"line": snippet.line}
    print_result(options, result, snippet.paste)
    if variables := [name for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE) if os.environ.get(name)]:
        print(
            f"{join_and(variables)} {'is' if len(variables) == 1 else 'are'} set here, where no scheduler looks. "
            "Put the settings into .streamlit/secrets.toml.",
            file=sys.stderr,
        )
    return DONE


def _installation() -> Installation:
    """Return this checkout and the running interpreter.

    The interpreter's path is not resolved: the one in a virtual environment links to one outside, which lacks the
    libraries.
    """
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    return Installation(str(Path(sys.executable).absolute()), str(PROJECT), is_root, _owner() if is_root else None)


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
