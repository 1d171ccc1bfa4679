"""The files `secrets.toml`: where they are, and their content."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError


def secrets_files() -> list[Path]:
    """Return the paths where Streamlit looks for `secrets.toml`; a table in a later file overrides earlier ones."""
    folders = [Path.home(), Path.cwd(), PROJECT]
    return list(dict.fromkeys(folder / ".streamlit" / "secrets.toml" for folder in folders))


def read_secrets_files(files: Iterable[Path] | None = None) -> dict[str, Any]:
    """Return the tables of the given files, by default of `secrets_files()`. Missing files are skipped.

    Raises:
        SettingsError: A file cannot be read or parsed.
    """
    tables: dict[str, Any] = {}
    for file in secrets_files() if files is None else files:
        try:
            tables.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            continue
        except tomllib.TOMLDecodeError as error:
            position = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
            raise SettingsError(
                f"{file} is not valid TOML{f', at {position[1]}' if position else ''}.",
                remedy='Write each setting as: key = "value", with the quotes, one a line.',
            ) from None
        except UnicodeDecodeError:
            raise SettingsError(f"{file} is not UTF-8 text.", remedy="Save it with the encoding UTF-8.") from None
        except OSError as error:
            raise SettingsError(
                f"{file} cannot be read: {error.strerror or 'unknown reason'}.",
                remedy="Let the user who runs the dashboard read it.",
            ) from None
    return tables
