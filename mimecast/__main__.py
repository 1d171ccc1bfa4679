"""Command line: `python -m mimecast COMMAND`. Each command is a module in `mimecast/cli`.

Results go to stdout, problems to stderr. Exit status: 0 done, 1 something failed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from mimecast.cli import check, export, import_file, report, sandbox, schedule, snapshot
from mimecast.cli.maintenance import backup, copy, remove, rename, restore
from mimecast.cli.options import FAILED, USAGE, UsageError
from mimecast.cli.output import print_problem
from mimecast.problem import Problem
from mimecast.settings.validation import SettingsError

COMMANDS: Final = (
    snapshot,
    check,
    export,
    import_file,
    report,
    backup,
    restore,
    rename,
    remove,
    sandbox,
    schedule,
    copy,
)
"""The modules of the commands, in the order in which the help lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status. Problems are printed, never raised."""
    options = _make_parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (SettingsError, UsageError) as problem:
        print_problem(problem)
        return USAGE
    except Problem as problem:
        print_problem(problem)
        return FAILED
    except BrokenPipeError:  # the reader of stdout, for example `head`, has ended; nothing more can be printed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mimecast", description="Mimecast SAFE Score grades: capture, keep, hand out."
    )
    commands = parser.add_subparsers(metavar="VERB", required=True)
    for module in COMMANDS:
        module.add_parser(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
