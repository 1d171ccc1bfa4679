"""What every command shares with argparse: exit statuses, common options, and the error for wrong usage."""

from __future__ import annotations

import argparse
from typing import Final, TypeAlias

from mimecast.problem import Problem

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""The collection that each command adds its parser to. argparse has no public name for this type."""

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
"""Exit status when the arguments or the settings are wrong. argparse uses the same one."""


class UsageError(Problem):
    """Arguments that argparse accepts but the command cannot use."""

    title = "The command was called wrongly"


def reporting_options() -> argparse.ArgumentParser:
    """Return a parent parser with `--quiet` and `--json`, which every command takes."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--quiet", action="store_true", help="print problems only")
    parser.add_argument("--json", action="store_true", help="report as one JSON object a line")
    return parser


def account_option() -> argparse.ArgumentParser:
    """Return a parent parser with `--account`, for commands that work on all accounts or on one."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--account", metavar="ID", help="this account only")
    return parser
