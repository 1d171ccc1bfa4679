"""The URL of the store: [connections.snapshots], or an environment variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError, check_known_keys, read_table

DEFAULT_STORE_URL: Final = "sqlite:///data/snapshots.db"
STORE_VARIABLE: Final = "SNAPSHOTS_URL"
"""The environment variable that overrides the URL in the secrets."""


def read_store_url(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Return the SQLAlchemy URL of the store, with the path of a SQLite file made absolute.

    Raises:
        SettingsError: It is not a database URL, or [connections.snapshots] has an unknown key.
    """
    url: object = environ.get(STORE_VARIABLE, "").strip()
    setting = STORE_VARIABLE
    if not url:
        table = read_table(read_table(secrets, "connections"), "snapshots", "connections.snapshots")
        check_known_keys(table, ("url",), "[connections.snapshots]")
        url, setting = table.get("url", DEFAULT_STORE_URL), "url in [connections.snapshots]"
    return checked_store_url(url, setting)


def checked_store_url(url: object, setting: str) -> str:
    """Return the URL of a store, with a SQLite path relative to the project made absolute.

    Raises:
        SettingsError: It is not a database URL; the error names `setting`.
    """
    if not isinstance(url, str) or not re.match(r"[a-z][\w+]*://", url):
        raise SettingsError(f"{setting} is not a database URL.", remedy=f"Write one like {DEFAULT_STORE_URL}.")
    driver, _, path = url.partition(":///")
    if driver.partition("+")[0] != "sqlite" or path in ("", ":memory:") or path.startswith("file:"):
        return url
    return f"{driver}:///{PROJECT / path}"
