"""Values of the URL, validated: one that makes no sense is named in a sentence, and the default is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mimecast.formatting import format_date, join_and, single_line

RANGE_LABELS: Final = {"30d": "30 days", "90d": "90 days", "1y": "1 year", "all": "All", "own": "Own dates"}
RANGE_DAYS: Final = {"30d": 30, "90d": 90, "1y": 365}
DEFAULT_RANGE: Final = "1y"

RESOLUTION_LABELS: Final = {"day": "Daily", "week": "Weekly", "month": "Monthly"}

AUTOMATIC: Final = "auto"
"""No resolution is requested: the range decides."""

EARLIEST: Final = date(2010, 1, 1)
"""No grade is older: the product did not exist."""

MAX_SHOWN_CHARS: Final = 40
"""Characters of a value that are repeated to the reader, since anyone may have written it."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Reporting days from `first` to `last`, both included; `complaint` is a sentence about an invalid value."""

    name: str
    first: date
    last: date
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class TwoDates:
    """Reporting days to compare, None where the URL names none; `complaint` has no full stop yet."""

    earlier: date | None
    later: date | None
    complaint: str = ""


def pick_account(requested: str | None, known: Sequence[str]) -> tuple[str, str]:
    """Return the account's id, and a complaint or nothing. `known` has at least one id; the first is the default."""
    if requested is None or requested in known:
        return requested or known[0], ""
    return known[0], f"The URL names the account “{shorten(requested)}”, which does not exist."


def pick_range(params: Mapping[str, str], today: date, oldest: date) -> DateRange:
    """Return the range of days to show. `oldest` is the day of the first snapshot.

    A named range begins on the day that a change over its length is counted from: 30 days begin 30 days before today.
    """
    name = params.get("range") or ("own" if params.get("from") or params.get("to") else DEFAULT_RANGE)
    if name not in RANGE_LABELS:
        complaint = f"The URL names the range “{shorten(name)}”, which is unknown; one year is shown."
        return _named_range(DEFAULT_RANGE, today, oldest, complaint)
    if name != "own":
        return _named_range(name, today, oldest)
    days, complaint = _dates(params, today)
    if complaint:
        return _named_range(DEFAULT_RANGE, today, oldest, f"{complaint}; one year is shown.")
    last = days.get("to", today)
    return DateRange("own", days.get("from", _named_range(DEFAULT_RANGE, last, oldest).first), last)


def pick_dates(params: Mapping[str, str], today: date) -> TwoDates:
    """Return the two dates to compare, as they are requested."""
    days, complaint = _dates(params, today)
    if not complaint and len(set(days.values())) < len(days):
        complaint = f"The URL asks to compare {format_date(days['to'])} with itself"
    return TwoDates(None, None, complaint) if complaint else TwoDates(days.get("from"), days.get("to"))


def pick_resolution(requested: str | None) -> tuple[str, str]:
    """Return `auto`, `day`, `week` or `month`, and a complaint or nothing."""
    if requested in (None, AUTOMATIC) or requested in RESOLUTION_LABELS:
        return requested or AUTOMATIC, ""
    valid = join_and(list(RESOLUTION_LABELS))
    return AUTOMATIC, f"The URL says by={shorten(requested or '')}, which is none of {valid}."


def parse_day(text: str) -> date | None:
    """Return the day of an ISO date, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def shorten(text: str) -> str:
    """Return a value of the URL as it may be repeated to the reader."""
    return single_line(text, MAX_SHOWN_CHARS)


def _named_range(name: str, today: date, oldest: date, complaint: str = "") -> DateRange:
    first = min(oldest, today) if name == "all" else today - timedelta(days=RANGE_DAYS[name])
    return DateRange(name, first, today, complaint)


def _dates(params: Mapping[str, str], today: date) -> tuple[dict[str, date], str]:
    """Return the days of `from` and `to` that the URL has, and what is wrong with them, without a full stop."""
    days: dict[str, date] = {}
    for key in ("from", "to"):
        text = params.get(key)
        if text is None:
            continue
        day = parse_day(text)
        if day is None or not EARLIEST <= day <= today:
            return {}, f"The URL says {key}={shorten(text)}, which is not a date between {EARLIEST} and {today}"
        days[key] = day
    if len(days) == 2 and days["from"] > days["to"]:
        return {}, f"The URL has a range that ends ({days['to']}) before it begins ({days['from']})"
    return days, ""
