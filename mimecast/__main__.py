"""The command line: `python -m mimecast VERB`. The verbs are in `commands/`; the work is done elsewhere.

Results go to stdout, problems to stderr. Exit status: 0 done, 1 something failed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from mimecast.cli import backup, check, copy, export, import_file, rename, report, restore, sandbox, schedule, snapshot
from mimecast.cli.options import FAILED, USAGE, UsageError
from mimecast.cli.output import complain
from mimecast.problem import Problem
from mimecast.settings.validation import SettingsError

VERBS: Final = (snapshot, check, export, import_file, report, backup, restore, rename, sandbox, schedule, copy)
"""In the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return int(options.verb(options))
    except (SettingsError, UsageError) as problem:
        complain(problem)
        return USAGE
    except Problem as problem:
        complain(problem)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mimecast", description="Mimecast SAFE Score grades: capture, keep, hand out."
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in VERBS:
        verb.declare(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
