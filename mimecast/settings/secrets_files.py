"""The files `secrets.toml`: where they are, and their content."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError

UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS_UTF_8: Final = "Save it with the encoding UTF-8."


class UnreadableSecretsError(SettingsError):
    """A secrets file that exists and cannot be read or parsed, so that nothing is known about what it configures."""


def secrets_files() -> list[Path]:
    """Return the paths where Streamlit looks for `secrets.toml`; a table in a later file overrides earlier ones."""
    folders: list[Path] = []
    for find_folder in (Path.home, Path.cwd):
        with suppress(RuntimeError, OSError):  # a user without a home folder, a working directory that was deleted
            folders.append(find_folder())
    return list(dict.fromkeys(folder / ".streamlit" / "secrets.toml" for folder in (*folders, PROJECT)))


def read_secrets_files(files: Iterable[Path] | None = None) -> dict[str, Any]:
    """Return the tables of the given files, by default of `secrets_files()`. Missing files are skipped.

    A byte-order mark at the beginning of a file, which Notepad writes, is accepted.

    Raises:
        UnreadableSecretsError: A file exists and cannot be read or parsed.
    """
    tables: dict[str, Any] = {}
    for file in secrets_files() if files is None else files:
        try:
            content = file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise UnreadableSecretsError(
                f"{file} cannot be read: {error.strerror or 'unknown reason'}.",
                remedy="Let the user who runs the dashboard read it.",
            ) from None
        tables.update(_parse(file, content))
    return tables


def starts_with_bom(file: Path) -> bool:
    """Return whether a file begins with the byte-order mark of UTF-8, with which Streamlit cannot read it."""
    try:
        with file.open("rb") as content:
            return content.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    except OSError:
        return False


@lru_cache(maxsize=4)
def _parse(file: Path, content: bytes) -> dict[str, Any]:
    if content.startswith(UTF_16_MARKS) or b"\0" in content:
        raise UnreadableSecretsError(f"{file} is UTF-16 instead of UTF-8 text.", remedy=SAVE_AS_UTF_8)
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError:
        raise UnreadableSecretsError(f"{file} is not UTF-8 text.", remedy=SAVE_AS_UTF_8) from None
    except tomllib.TOMLDecodeError as error:
        position = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        where = f", at {position[1]}" if position else ""
    except RecursionError:
        where = ", because it is nested too deeply"
    raise UnreadableSecretsError(
        f"{file} is not valid TOML{where}.",
        remedy='Write each setting on a line of its own, as key = "value", with the quotes.',
    )
