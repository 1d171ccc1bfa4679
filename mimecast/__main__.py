"""Command line: `python -m mimecast COMMAND`. Each command is a module in `mimecast/cli`.

Results go to stdout, problems to stderr. Exit status: 0 done, 1 something failed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final, TextIO

from mimecast.cli.options import FAILED, USAGE, UsageError
from mimecast.cli.output import OutputFailed, make_printable, print_problem
from mimecast.problem import Problem
from mimecast.settings.validation import SettingsError

COMMANDS: Final = {
    "snapshot": "mimecast.cli.snapshot",
    "check": "mimecast.cli.check",
    "export": "mimecast.cli.export",
    "import": "mimecast.cli.import_file",
    "report": "mimecast.cli.report",
    "notify": "mimecast.cli.notify",
    "backup": "mimecast.cli.maintenance.backup",
    "restore": "mimecast.cli.maintenance.restore",
    "rename": "mimecast.cli.maintenance.rename",
    "remove": "mimecast.cli.maintenance.remove",
    "people": "mimecast.cli.maintenance.people",
    "sandbox": "mimecast.cli.sandbox",
    "schedule": "mimecast.cli.schedule",
    "copy": "mimecast.cli.maintenance.copy",
}
"""The module of each command, in the order in which the help lists them."""

GC_THRESHOLD: Final = 50_000
"""Objects after which Python looks for garbage. With the default of 700, it examines every imported object again and
again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status. Problems are printed, never raised."""
    make_printable()
    try:
        try:
            return _run(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # at the interpreter's exit, a full disk would end in a traceback
    except BrokenPipeError:  # the reader of stdout, for example `head`, has ended
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        where = error.filename or "The output"
        try:
            print_problem(OutputFailed(f"{where} cannot be written or read: {error.strerror}."))
        except OSError:  # stderr is on the same full disk
            _discard(sys.stderr)
    return FAILED


def _run(arguments: Sequence[str] | None) -> int:
    options = make_parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments)
    try:
        return int(options.command(options))
    except (SettingsError, UsageError) as problem:
        print_problem(problem)
        return USAGE
    except Problem as problem:
        print_problem(problem)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _discard(stream: TextIO) -> None:
    """Send what is still buffered for a stream, and anything printed from now on, to nowhere.

    Python would otherwise try to write it at its exit, and end with 120 or a traceback.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def make_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser of the command that the arguments name, or of all commands where they name none.

    A snapshot would otherwise spend more time on the arguments of other commands than on its request.
    """
    parser = argparse.ArgumentParser(
        prog="python -m mimecast", description="Capture, store and report Mimecast SAFE Score grades."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    name = next(iter(arguments), "")
    for module in [COMMANDS[name]] if name in COMMANDS else COMMANDS.values():
        importlib.import_module(module).add_parser(commands)
    return parser


if __name__ == "__main__":
    gc.set_threshold(GC_THRESHOLD)
    status = main()
    gc.freeze()  # at its exit, Python would examine every object once more
    sys.exit(status)
