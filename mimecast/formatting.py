"""How numbers, dates, times and lists are written, on pages, in charts and files, and in the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English regardless of the machine's locale, which `strftime` is not."""

UNDEFINED: Final = "–"
"""Shown in place of a number that is undefined."""

MINUS: Final = "\u2212"
"""The minus sign, as wide as a plus sign."""


def format_int(count: int) -> str:
    """Return `1,204`."""
    return f"{count:,}"


def pluralize(count: int, noun: str, plural: str = "") -> str:
    """Return `1 user` or `1,204 users`; `plural` is for nouns that do not just take an s."""
    return f"{format_int(count)} {noun if count == 1 else plural or f'{noun}s'}"


def format_signed(count: int) -> str:
    """Return `+14`, `−6` or `0`."""
    return f"{count:+,}".replace("-", MINUS) if count else "0"


def format_percent(share: float | None) -> str:
    """Return `11.0%`, or a dash when the share is undefined."""
    return UNDEFINED if share is None else f"{share:.1f}%"


def format_points(change: float | None) -> str:
    """Return `−1.2 points`, `+0.4 points` or `0.0 points`, or a dash when the change is undefined."""
    return UNDEFINED if change is None else f"{format_signed_decimal(change)} points"


def format_signed_decimal(change: float) -> str:
    """Return `−1.2`, `+0.4` or `0.0`."""
    rounded = round_points(change)
    return f"{rounded:+.1f}".replace("-", MINUS) if rounded else "0.0"


def round_points(change: float) -> float:
    """Round a change in percentage points to the one decimal that is shown, without a negative zero."""
    return round(change, 1) + 0.0


def format_date(day: date) -> str:
    """Return `24 Nov 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_range(first: date, last: date) -> str:
    """Return `25 Nov 2025 to 24 Nov 2026`, or the date of a single day."""
    return f"{format_date(first)} to {format_date(last)}" if first != last else format_date(first)


def format_datetime(instant: datetime, zone: tzinfo) -> str:
    """Return `24 Nov 2026, 03:00 UTC` in a time zone, which is named."""
    local = instant.astimezone(zone)
    return f"{format_date(local.date())}, {local:%H:%M} {zone_name(zone)}"


def format_until(instant: datetime, now: datetime) -> str:
    """Return `12:52:11 UTC`, the end of a wait, or `25 Nov 2026, 12:52 UTC` when that is not today."""
    end, today = instant.astimezone(UTC), now.astimezone(UTC).date()
    return f"{end:%H:%M:%S} UTC" if end.date() == today else format_datetime(end, UTC)


def format_iso_utc(instant: datetime) -> str:
    """Return `2026-11-24T03:00:00Z`."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def zone_name(zone: tzinfo) -> str:
    """Return the IANA name of a time zone, `UTC` for the universal one."""
    return str(getattr(zone, "key", "UTC"))


def format_age(span: timedelta) -> str:
    """Return `just now`, `5 minutes ago`, `3 hours ago` or `2 days ago`."""
    seconds = span.total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{pluralize(int(seconds // length), unit)} ago"
    return "just now"


def format_duration(span: timedelta) -> str:
    """Return `6 hours`, `90 minutes` or `1 day`: the largest unit of which the duration is a multiple."""
    seconds = int(span.total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            return pluralize(seconds // length, unit)
    return pluralize(seconds, "second")


def join_and(words: Sequence[str]) -> str:
    """Return `A`, `A and B` or `A, B and C`."""
    return _join(words, "and")


def join_or(words: Sequence[str]) -> str:
    """Return `A`, `A or B` or `A, B or C`."""
    return _join(words, "or")


def single_line(text: str, max_chars: int | None = None) -> str:
    """Return text without line breaks, control characters and repeated spaces, cut to `max_chars`."""
    spaced = (" " if char.isspace() else char for char in text)
    printable = "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cs"))
    line = " ".join(printable.split())
    return line if max_chars is None else line[:max_chars].rstrip()


def _join(words: Sequence[str], conjunction: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
