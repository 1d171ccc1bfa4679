"""Checks that the settings of several tables share.

Every error names the key and its place, never the value, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from mimecast.problem import Problem

MAX_SHOWN_CHARS: Final = 60
"""Characters of a name in the settings that a message repeats."""

TABLE_CUTOFF: Final = 0.8
"""How similar the name of a table must be to one of ours to be taken for it, from 0 to 1."""

_UNIT_NAMES: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SettingsError(Problem):
    """A setting is missing, unknown or not valid. Nothing was requested, stored or changed."""

    title = "Invalid settings"


def read_table(parent: Mapping[str, Any], key: str, place: str | None = None) -> Mapping[str, Any]:
    """Return the table `key` of `parent`, empty if it is missing; `place` is its full name where that differs.

    Raises:
        SettingsError: The key is not a table.
    """
    table = parent.get(key, {})
    if not isinstance(table, Mapping):
        raise SettingsError(
            f"{place or key} is a single value instead of a table.",
            remedy=f"Write [{place or key}] on a line of its own and the keys below it.",
        )
    return table


def unknown_key_problem(key: str, known: Collection[str], place: str) -> SettingsError:
    """Return the problem of a key that is not known, with the known key that it resembles, if any."""
    near_miss = nearest(key, known, cutoff=0.6)
    remedy = f"Did you mean {near_miss}?" if near_miss else f"The known keys are {', '.join(known)}."
    return SettingsError(f"{place} has the unknown key {key[:MAX_SHOWN_CHARS]!r}.", remedy=remedy)


def nearest(name: str, known: Collection[str], *, cutoff: float) -> str | None:
    """Return the known name that a name resembles most, in any case, or None when none is similar enough.

    `cutoff` is a similarity from 0 to 1, as `difflib` defines it.
    """
    shown = name[:MAX_SHOWN_CHARS].lower()  # the time that difflib takes grows with the square of the length
    return _nearest(shown, tuple(known), cutoff)


@lru_cache(maxsize=512)
def _nearest(name: str, known: tuple[str, ...], cutoff: float) -> str | None:
    import difflib  # only a faulty setting needs it

    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=cutoff)), None)


def is_placeholder(text: str) -> bool:
    """Return whether a value still has the example's `...` in it, alone or as a part such as the host of an address."""
    return "..." in text or "…" in text


def check_not_misspelt(
    secrets: Mapping[str, Any], name: str, *, is_table_key: Callable[[str], bool], telltale_keys: Collection[str] = ()
) -> None:
    """Raise a SettingsError if the secrets seem to contain the table `name`, misspelt or without its header.

    Args:
        secrets: All tables of the secrets, without one called `name`.
        name: The table that is missing.
        is_table_key: Returns whether a key that is outside any table belongs to the missing table.
        telltale_keys: Keys that only the missing table has; a table that has one of them is taken for it.
    """
    for key, value in secrets.items():
        if isinstance(value, Mapping):
            if is_misspelt_table(key, name) or any(telltale_key in value for telltale_key in telltale_keys):
                raise unknown_table_problem(key, name)
        elif is_table_key(key):
            raise outside_table_problem(key, name)


def is_misspelt_table(key: str, name: str) -> bool:
    """Return whether `key` is not the table `name`, but close enough to be meant as it."""
    return key != name and nearest(key, [name], cutoff=TABLE_CUTOFF) is not None


def unknown_table_problem(key: str, name: str) -> SettingsError:
    """Return the problem of a table `key` that was probably meant to be the table `name`."""
    return SettingsError(f"The table [{key[:MAX_SHOWN_CHARS]}] is unknown.", remedy=f"Did you mean [{name}]?")


def outside_table_problem(key: str, name: str, *, table_exists: bool = False) -> SettingsError:
    """Return the problem of a key above the first table that belongs to the table `name`."""
    remedy = f"Move it below [{name}]." if table_exists else f"Write [{name}] on a line above it."
    return SettingsError(f"{key[:MAX_SHOWN_CHARS]} is outside any table.", remedy=remedy)


def parse_web_address(text: str, setting: str, *, remedy: str) -> SplitResult:
    """Return the parts of a web address, which has a host and begins with https or http.

    Raises:
        SettingsError: It is not a web address; the error names `setting` and has the given remedy.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{setting} is not a web address.", remedy=remedy) from None
    if parts.scheme not in ("https", "http") or not host:
        raise SettingsError(f"{setting} is not a web address.", remedy=remedy)
    return parts


def require_https(address: SplitResult, setting: str, *, exposed: str) -> None:
    """Raise a SettingsError for an http address of another computer, naming what it would expose."""
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        raise SettingsError(
            f"{setting} begins with http, which would send {exposed} in the clear.",
            remedy="Begin it with https; http is accepted for this computer's own addresses only.",
        )


def is_loopback(host: str) -> bool:
    """Return whether a host, an address or `localhost`, is this computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_duration(text: str, *, units: str, max_digits: int) -> timedelta | None:
    """Return the duration in a text like `30m`, or None if it is zero or the text is not a duration.

    Args:
        text: A whole number and a unit, with or without whitespace around each.
        units: The accepted units, out of `m`, `h`, `d` and `w`.
        max_digits: The accepted number of digits.
    """
    match = re.fullmatch(rf"\s*([0-9]{{1,{max_digits}}})\s*([{units}])\s*", text)
    if not match or not int(match[1]):
        return None
    return timedelta(**{_UNIT_NAMES[match[2]]: int(match[1])})
