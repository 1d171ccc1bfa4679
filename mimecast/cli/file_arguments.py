"""Files named on the command line: opened for reading, or replaced once they are completely written."""

from __future__ import annotations

import errno
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
    """The file of `--out` could not be written. An existing file is unchanged."""

    title = "The file cannot be written"
    remedy = "Choose another file with --out."


class DiskFull(FileNotWritten):
    """The disk has no room for the file of `--out`. An existing file is unchanged."""

    title = "The disk is full"
    remedy = "Free some space, or choose another file with --out."


def read_input(file: Path, max_bytes: int) -> bytes:
    """Return the content of a file, or of stdin for the name `-`; of a longer one, `max_bytes` + 1 bytes.

    Raises UsageError when it cannot be read.
    """
    try:
        if str(file) != "-":
            with file.open("rb") as stream:
                return stream.read(max_bytes + 1)
        if sys.stdin is None:
            raise UsageError("There is no standard input to read.", remedy="Name a file.")
        return sys.stdin.buffer.read(max_bytes + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", remedy="Check its name and folder.") from None


@contextmanager
def open_text_output(file: Path | None) -> Iterator[TextIO]:
    """Open a UTF-8 text file that is replaced when the block succeeds, or stdout for None. Raises FileNotWritten.

    Output to stdout is UTF-8 as well, regardless of the console's encoding: it is data for another program.
    """
    if file is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        yield sys.stdout
        return
    with open_binary_output(file) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        yield text
        text.detach()  # writes what is buffered and leaves closing to the file's owner


@contextmanager
def open_binary_output(file: Path) -> Iterator[BinaryIO]:
    """Open a binary file that is replaced when the block succeeds. Raises FileNotWritten.

    A device or a pipe, for example /dev/stdout, is written and not replaced.
    """
    try:
        is_special = file.exists() and not file.is_file() and not file.is_dir()
        with file.open("wb") if is_special else replace_file(file) as binary:
            yield binary
    except OSError as error:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else FileNotWritten
        raise kind(f"{file} cannot be written: {error.strerror}.") from None
