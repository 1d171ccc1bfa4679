"""Files named on the command line: opened for reading, or replaced once they are completely written."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from mimecast.cli.options import UsageError
from mimecast.files import replace_file
from mimecast.problem import Problem


class FileNotWritten(Problem):
    """The file of `--out` could not be written. A file that already had this name is unchanged."""

    title = "The file cannot be written"
    remedy = "Choose another place with --out."


@contextmanager
def open_input(file: Path) -> Iterator[TextIO]:
    """Open a UTF-8 text file for reading, or stdin for the name `-`. Raises UsageError when it cannot be read."""
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        text = file.open(encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", remedy="Check its name and place.") from None
    with text:
        yield text


@contextmanager
def open_text_output(file: Path | None) -> Iterator[TextIO]:
    """Open a UTF-8 text file that is replaced when the block succeeds, or stdout for None. Raises FileNotWritten."""
    if file is None:
        yield sys.stdout
        return
    with open_binary_output(file) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        yield text
        text.detach()  # writes what is buffered and leaves closing to the file's owner


@contextmanager
def open_binary_output(file: Path) -> Iterator[BinaryIO]:
    """Open a binary file that is replaced when the block succeeds. Raises FileNotWritten."""
    try:
        with replace_file(file) as binary:
            yield binary
    except OSError as error:
        raise FileNotWritten(f"{file} cannot be written: {error.strerror}.") from None
