"""What every command shares with argparse: exit statuses, common options, and the error for wrong usage."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import EARLIEST_DAY, is_plausible_day, latest_day, reporting_day
from mimecast.problem import Problem

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The collection that each command adds its parser to. argparse has no public name for this type."""

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
"""Exit status when the arguments or the settings are wrong. argparse uses the same one."""


class UsageError(Problem):
    """The command cannot use the given arguments."""

    title = "Invalid command-line arguments"


def reporting_options() -> argparse.ArgumentParser:
    """Return a parent parser with `--quiet` and `--json`, which every command takes."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--quiet", action="store_true", help="print only problems")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    return parser


def account_option() -> argparse.ArgumentParser:
    """Return a parent parser with `--account`, for commands that work on all accounts or on one."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--account", metavar="ID", help="only this account")
    return parser


def parse_day(text: str) -> date:
    """Return the day of an option's value, such as `2026-01-31`.

    Raises:
        argparse.ArgumentTypeError: It is not a date, or one on which no snapshot can have been taken.
    """
    today = datetime.now(UTC).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-01-31") from None
    if not is_plausible_day(day, today):
        raise argparse.ArgumentTypeError(f"{text!r} is not between {EARLIEST_DAY} and {latest_day(today)}")
    return day


def is_in_range(options: argparse.Namespace, instant: datetime, zone: ZoneInfo) -> bool:
    """Return whether the reporting day of an instant is within `--since` and `--until`, both included."""
    day = reporting_day(instant, zone)
    return (options.since is None or options.since <= day) and (options.until is None or day <= options.until)
