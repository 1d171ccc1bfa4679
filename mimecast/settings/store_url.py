"""The URL of the store: [connections.snapshots], or an environment variable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mimecast.settings.dashboard import DASHBOARD_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.validation import (
    SettingsError,
    is_misspelt_table,
    is_placeholder,
    read_table,
    unknown_key_problem,
    unknown_table_problem,
)

DEFAULT_STORE_URL: Final = "sqlite:///data/snapshots.db"
STORE_VARIABLE: Final = "SNAPSHOTS_URL"
"""The environment variable that overrides the URL in the secrets."""

STORE_TABLE: Final = "connections.snapshots"
STORE_KEYS: Final = ("url",)

EXAMPLE_PART: Final = "USER:PASSWORD@HOST"
"""The part of the example's URL that has to be replaced."""


def read_store_url(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Return the SQLAlchemy URL of the store, with the path of a SQLite file made absolute.

    A misplaced key of [dashboard] does no harm in [connections.snapshots]; `misplaced_settings` reports it.

    Raises:
        SettingsError: It is not a database URL, [connections.snapshots] has an unknown key, or there is a table or key
            that was probably meant to be [connections.snapshots]: the default would begin an empty history.
    """
    url: object = environ.get(STORE_VARIABLE, "").strip()
    setting = STORE_VARIABLE
    if not url:
        connections = read_table(secrets, "connections")
        table = read_table(connections, "snapshots", STORE_TABLE)
        if "url" not in table:
            for problem in misplaced_store_settings(secrets):
                raise problem
        for key in table:
            if key not in (*STORE_KEYS, *DASHBOARD_KEYS):
                raise unknown_key_problem(key, STORE_KEYS, f"[{STORE_TABLE}]")
        url, setting = table.get("url", DEFAULT_STORE_URL), f"url in [{STORE_TABLE}]"
    return checked_store_url(url, setting)


def checked_store_url(url: object, setting: str) -> str:
    """Return the URL of a store, with a SQLite path relative to the project made absolute.

    Raises:
        SettingsError: It is not a database URL; the error names `setting`.
    """
    if isinstance(url, str) and (is_placeholder(url) or EXAMPLE_PART in url):
        raise SettingsError(
            f"{setting} is still the example URL.", remedy=f"Write your own, like {DEFAULT_STORE_URL}, or remove it."
        )
    if not isinstance(url, str) or not re.match(r"[a-z][\w+]*://", url):
        raise SettingsError(f"{setting} is not a database URL.", remedy=f"Write one like {DEFAULT_STORE_URL}.")
    driver, _, path = url.partition(":///")
    if driver.partition("+")[0] != "sqlite" or path in ("", ":memory:") or path.startswith("file:"):
        return url
    return f"{driver}:///{PROJECT / path}"


def misplaced_store_settings(secrets: Mapping[str, Any]) -> Iterator[SettingsError]:
    """Yield the problem of each table or key that was probably meant to be [connections.snapshots]."""
    for name, value in secrets.items():
        if not isinstance(value, Mapping):
            if name.upper() == STORE_VARIABLE or (name == "url" and _is_database_url(value)):
                yield SettingsError(
                    f"{name} is outside any table.", remedy=f"Write it as url below a line [{STORE_TABLE}]."
                )
        elif name == "connections" or is_misspelt_table(name, "connections"):
            yield from _misplaced_connections(name, value)
        elif _is_store_table(name) and "url" in value:
            yield unknown_table_problem(name, STORE_TABLE)


def _misplaced_connections(name: str, connections: Mapping[str, Any]) -> Iterator[SettingsError]:
    """Yield the problems of [connections], or of a table whose name is close to that."""
    if _is_database_url(connections.get("url")):
        yield SettingsError(f"url is in [{name}].", remedy=f"Move it below a line [{STORE_TABLE}].")
    for child, table in connections.items():
        path = f"{name}.{child}"
        if path != STORE_TABLE and isinstance(table, Mapping) and _is_store_table(child):
            yield unknown_table_problem(path, STORE_TABLE)


def _is_store_table(name: str) -> bool:
    return name == "snapshots" or is_misspelt_table(name, "snapshots")


def _is_database_url(value: object) -> bool:
    return isinstance(value, str) and re.match(r"(sqlite|postgres)[\w+]*://", value) is not None
