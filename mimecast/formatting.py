"""How numbers, dates and spans of time are written, on pages, charts, exports and in the terminal."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English whatever the machine's locale, which `strftime` is not."""

UNDEFINED = "–"


def format_int(count: int) -> str:
    """1,204"""
    return f"{count:,}"


def pluralize(count: int, noun: str) -> str:
    """`1 user`, `1,204 users`."""
    return f"{format_int(count)} {noun}" if count == 1 else f"{format_int(count)} {noun}s"


def format_signed(count: int) -> str:
    """`+14`, `-6`, `0`."""
    return f"{count:+,}" if count else "0"


def format_percent(share: float | None) -> str:
    """`11.0 %`; a dash when the share is undefined."""
    return UNDEFINED if share is None else f"{share:.1f} %"


def format_points(change: float | None) -> str:
    """`-1.2 points`, `+0.4 points`, `0.0 points`; a dash when undefined."""
    if change is None:
        return UNDEFINED
    rounded = round_points(change)
    return f"{rounded:+.1f} points" if rounded else "0.0 points"


def round_points(change: float) -> float:
    """A change in percentage points as it is shown: one decimal, and never a negative zero."""
    return round(change, 1) + 0.0


def format_date(value: date) -> str:
    """`24 Nov 2026`"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def format_datetime(value: datetime, zone: tzinfo) -> str:
    """`24 Nov 2026, 03:00 UTC`, in the given zone, which is named."""
    local = value.astimezone(zone)
    return f"{format_date(local.date())}, {local:%H:%M} {zone_name(zone)}"


def zone_name(zone: tzinfo) -> str:
    """The IANA name of a zone, `UTC` for the universal one."""
    return str(getattr(zone, "key", "UTC"))


def format_age(span: timedelta) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`."""
    seconds = span.total_seconds()
    if seconds < 60:
        return "just now"
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{pluralize(int(seconds // length), unit)} ago"
    raise AssertionError("a span of a minute or more is at least one minute")


def format_duration(span: timedelta) -> str:
    """A setting's length of time in words: `6 hours`, `90 minutes`, `1 day`."""
    seconds = int(span.total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            return pluralize(seconds // length, unit)
    return pluralize(seconds, "second")


def join_and(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def format_iso_utc(instant: datetime) -> str:
    """`2026-11-24T03:00:00Z`"""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def single_line(text: str) -> str:
    """The text without line breaks, control characters and needless blanks."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return " ".join("".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cs")).split())
