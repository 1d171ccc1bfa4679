"""Settings in the wrong place: tables whose names are close to ours, and our keys in another table or in none.

They would have no effect, and the defaults would apply without a message. Tables of other programs are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mimecast.settings.accounts import ACCOUNT_KEYS
from mimecast.settings.dashboard import ALLOW_LIST_KEYS, DASHBOARD_KEYS
from mimecast.settings.notify import NOTIFY_KEYS
from mimecast.settings.store_url import misplaced_store_settings
from mimecast.settings.validation import (
    SettingsError,
    is_misspelt_table,
    nearest,
    outside_table_problem,
    unknown_table_problem,
)

TABLES: Final = ("mimecast", "dashboard", "auth", "notify")
"""Tables of ours whose names are recognised when they are misspelt. [connections] has a check of its own."""

AUTH_KEYS: Final = ("redirect_uri", "cookie_secret", "server_metadata_url")

TABLE_OF_KEY: Final[Mapping[str, str]] = {
    **dict.fromkeys(AUTH_KEYS, "auth"),
    **{key: "mimecast" for key in ACCOUNT_KEYS if key != "name"},
    **dict.fromkeys(DASHBOARD_KEYS, "dashboard"),
    **{key: "notify" for key in NOTIFY_KEYS if key not in ("urls", "alerts")},
}
"""The table of each key that is recognisably ours above the first table."""


def misplaced_settings(secrets: Mapping[str, Any]) -> list[SettingsError]:
    """Return the problem of each table or key of ours that is misspelt or in the wrong place.

    Those that `read_accounts`, `read_store_url` and `read_auth` raise are partly among them. An allow list in the wrong
    place is one of `misplaced_allow_lists` as well.
    """
    problems = list(misplaced_store_settings(secrets))
    for name, value in secrets.items():
        if not isinstance(value, Mapping):
            if owner := TABLE_OF_KEY.get(name.lower()):
                problems.append(outside_table_problem(name, owner, table_exists=owner in secrets))
        elif meant := next((table for table in TABLES if _is_misspelt(name, table)), None):
            problems.append(unknown_table_problem(name, meant))
    for place, table in _our_other_tables(secrets):
        problems += [_wrong_table(key, place) for key in DASHBOARD_KEYS if key in table]
    return problems


def misplaced_allow_lists(secrets: Mapping[str, Any]) -> Iterator[SettingsError]:
    """Yield the problem of each allow list outside [dashboard], where it would admit everyone."""
    for name, value in secrets.items():
        if name in ALLOW_LIST_KEYS:
            yield outside_table_problem(name, "dashboard", table_exists="dashboard" in secrets)
        elif isinstance(value, Mapping) and _is_misspelt(name, "dashboard"):
            for key in value:
                if nearest(key, ALLOW_LIST_KEYS, cutoff=0.8):
                    yield unknown_table_problem(name, "dashboard")
    for place, table in _our_other_tables(secrets):
        for key in ALLOW_LIST_KEYS:
            if key in table:
                yield _wrong_table(key, place)


def _is_misspelt(name: str, table: str) -> bool:
    return name not in (*TABLES, "connections") and is_misspelt_table(name, table)


def _wrong_table(key: str, place: str) -> SettingsError:
    return SettingsError(f"{key} is in [{place}].", remedy="Move it below [dashboard].")


def _our_other_tables(secrets: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name and the content of each of our tables except [dashboard]."""
    for parents in (("mimecast",), ("mimecast", "accounts"), ("connections",), ("auth",)):
        table: Any = secrets
        for parent in parents:
            table = table.get(parent) if isinstance(table, Mapping) else None
        if not isinstance(table, Mapping):
            continue
        path = ".".join(parents)
        if path in ("mimecast", "auth"):
            yield path, table
        for name, child in table.items():
            is_ours = name == "snapshots" if path == "connections" else (path, name) != ("mimecast", "accounts")
            if is_ours and isinstance(child, Mapping):
                yield f"{path}.{name}", child
