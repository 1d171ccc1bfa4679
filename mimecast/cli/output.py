"""What commands print: results on stdout, problems and progress on stderr."""

from __future__ import annotations

import argparse
import codecs
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from mimecast.problem import Problem


class OutputFailed(Problem):
    """The output of a command could not be written, for example to a file on a full disk."""

    title = "The output cannot be written"
    remedy = "Check where the output is redirected to, and whether there is free space."


ASCII_PUNCTUATION: Final = {"\u2212": "-", "–": "-", "·": "|", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'"}
"""What is printed where the console's encoding lacks one of our own signs."""


def make_printable() -> None:
    """Let stdout and stderr print any text: characters that their encoding lacks become ASCII or are escaped."""
    codecs.register_error("printable", _replace_unprintable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="printable")


def _replace_unprintable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(ASCII_PUNCTUATION.get(char) or ascii(char)[1:-1] for char in text), error.end


def print_result(options: argparse.Namespace, result: dict[str, Any], text: str = "") -> None:
    """Print `result` as one line of JSON with `--json`, otherwise `text` if there is any; nothing with `--quiet`."""
    if options.quiet:
        return
    if options.json:
        print(json.dumps(result), flush=True)
    elif text:
        print(text, flush=True)


def print_problem(problem: Problem, subject: str = "") -> None:
    """Print a problem and its remedy on stderr, after the `subject` (an account, for example) that it concerns."""
    reference = f" (request id {problem.request_id})" if problem.request_id else ""
    print(f"{f'{subject}: ' if subject else ''}{problem}{reference}", file=sys.stderr, flush=True)


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Return the keys with which a problem appears in the output of `--json`."""
    row = {"title": problem.title, "problem": problem.message, "remedy": problem.remedy}
    return {**row, "request_id": problem.request_id} if problem.request_id else row


@contextmanager
def progress_line(options: argparse.Namespace, label: str) -> Iterator[Callable[[int, int], None]]:
    """Show the progress of long work as a percentage on stderr, and erase it when the work ends.

    Yields a function that takes the units done and the units in total. It prints nothing with `--quiet`, or where
    stderr is not a terminal.
    """
    is_shown = sys.stderr.isatty() and not options.quiet
    line = ""

    def show(done: int, total: int) -> None:
        nonlocal line
        new_line = f"{label} {100 * done // total}%"
        if is_shown and new_line != line:
            print(f"\r{new_line}", end="", file=sys.stderr, flush=True)
            line = new_line

    try:
        yield show
    finally:
        if line:
            print(f"\r{' ' * len(line)}\r", end="", file=sys.stderr, flush=True)
