"""The URL of the store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError, check_known_keys, read_table

DEFAULT_STORE_URL: Final = "sqlite:///data/snapshots.db"
STORE_VARIABLE: Final = "SNAPSHOTS_URL"


def read_store_url(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """SQLAlchemy's URL of the store; a relative SQLite path is made relative to the project. Raises SettingsError."""
    url: object = environ.get(STORE_VARIABLE, "").strip()
    place = STORE_VARIABLE
    if not url:
        table = read_table(read_table(secrets, "connections"), "snapshots", "connections.snapshots")
        check_known_keys(table, ("url",), "[connections.snapshots]")
        url, place = table.get("url", DEFAULT_STORE_URL), "url in [connections.snapshots]"
    return checked_store_url(url, place)


def checked_store_url(url: object, place: str) -> str:
    """The URL of a store, a relative SQLite path made relative to the project. Raises SettingsError, naming `place`."""
    if not isinstance(url, str) or not re.match(r"[a-z][\w+]*://", url):
        raise SettingsError(f"{place} is not a database URL.", remedy=f"Write one like {DEFAULT_STORE_URL}.")
    driver, _, path = url.partition(":///")
    if driver.partition("+")[0] != "sqlite" or path in ("", ":memory:") or path.startswith("file:"):
        return url
    return f"{driver}:///{PROJECT / path}"
