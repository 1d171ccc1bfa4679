"""What validation of every settings table shares."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from mimecast.problem import Problem


class SettingsError(Problem):
    """A setting that cannot be used. Nothing was asked, stored or changed."""

    title = "The settings need a correction"


def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself, as an address or as `localhost`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_table(parent: Mapping[str, Any], key: str, place: str | None = None) -> Mapping[str, Any]:
    value = parent.get(key, {})
    if not isinstance(value, Mapping):
        raise SettingsError(
            f"{place or key} is a single value instead of a table.",
            remedy=f"Write [{place or key}] on a line of its own and the keys below it.",
        )
    return value


def check_known_keys(table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.6)
            raise SettingsError(
                f"{place} holds the unknown key {key[:60]!r}.",
                remedy=f"Did you mean {near[0]}?" if near else f"The keys known here are {', '.join(known)}.",
            )
