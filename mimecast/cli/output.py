"""Results on stdout, problems on stderr, and files written whole or not at all."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, TypeAlias

from mimecast.problem import Problem

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = object
from mimecast.cli.options import UsageError


class FileNotWritten(Problem):
    title = "The file cannot be written"
    remedy = "Choose another place with --out."


def problem_as_json(problem: Problem) -> dict[str, Any]:
    said = {"title": problem.title, "problem": problem.message, "remedy": problem.remedy}
    request_id = getattr(problem, "request_id", None)
    return {**said, "request_id": request_id} if request_id else said


def report(options: argparse.Namespace, result: dict[str, Any], said: str = "") -> None:
    if options.quiet:
        return
    if options.json:
        print(json.dumps(result), flush=True)
    elif said:
        print(said, flush=True)


def complain(problem: Problem, subject: str = "") -> None:
    request_id = getattr(problem, "request_id", None)
    about = f" (request id {request_id})" if request_id else ""
    print(f"{f'{subject}: ' if subject else ''}{problem}{about}", file=sys.stderr, flush=True)


@contextmanager
def progress(options: argparse.Namespace, doing: str) -> Iterator[Callable[[int, int], None]]:
    """A line that counts up to 100 % while long work goes on, where stderr is a terminal; else nothing."""
    is_shown = sys.stderr.isatty() and not options.quiet
    line = ""

    def show(done: int, of: int) -> None:
        nonlocal line
        now = f"{doing} {100 * done // of} %"
        if is_shown and now != line:
            print(f"\r{now}", end="", file=sys.stderr, flush=True)
            line = now

    try:
        yield show
    finally:
        if line:
            print(f"\r{' ' * len(line)}\r", end="", file=sys.stderr, flush=True)


@contextmanager
def output_file(file: Path | None) -> Iterator[TextIO]:
    """The terminal, or a file that is replaced only when it was written whole."""
    if file is None:
        yield sys.stdout
        return
    with _replaced_by(file) as part, part.open("w", encoding="utf-8", newline="") as out:
        yield out


@contextmanager
def output_bytes(file: Path) -> Iterator[BinaryIO]:
    """The same for a file that is not text."""
    with _replaced_by(file) as part, part.open("wb") as out:
        yield out


@contextmanager
def _replaced_by(file: Path) -> Iterator[Path]:
    """Where to write what takes the file's place once it is whole. Raises FileFailed."""
    part = file.with_name(f".{file.name}.part")
    try:
        yield part
        part.replace(file)
    except OSError as error:
        raise FileNotWritten(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def input_file(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        text = file.open(encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", remedy="Check its name and place.") from None
    with text:
        yield text
