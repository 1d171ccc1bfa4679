"""Exit statuses, shared options, and the error for wrong usage."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, TypeAlias

from mimecast.problem import Problem

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = object


DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2


class UsageError(Problem):
    """The command was called with something it cannot use."""

    title = "The command was called wrongly"


def reporting_options() -> argparse.ArgumentParser:
    """`--quiet` and `--json`, which every verb takes."""
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("--quiet", action="store_true", help="print problems only")
    made.add_argument("--json", action="store_true", help="report as one JSON object a line")
    return made


def account_option() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("--account", metavar="ID", help="this account only")
    return made
