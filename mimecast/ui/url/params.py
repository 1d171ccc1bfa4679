"""What an address asks for, read with suspicion: a value that makes no sense is named, and the default is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mimecast.formatting import format_date as written
from mimecast.formatting import join_and

RANGE_LABELS: Final = {"30d": "30 days", "90d": "90 days", "1y": "1 year", "all": "All", "own": "Own dates"}
RANGE_DAYS: Final = {"30d": 30, "90d": 90, "1y": 365}
DEFAULT_RANGE: Final = "1y"

RESOLUTION_LABELS: Final = {"day": "Daily", "week": "Weekly", "month": "Monthly"}
AUTOMATIC: Final = "auto"
"""No resolution is wished for: the range decides."""

EARLIEST: Final = date(2010, 1, 1)
"""No grade is older: the product did not exist."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """`first` and `last` are inclusive reporting days; `complaint` is a sentence about a value that made no sense."""

    name: str
    first: date
    last: date
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class TwoDates:
    """Reporting days to compare, None where the address names none; `complaint` has no full stop yet."""

    earlier: date | None
    later: date | None
    complaint: str = ""


def pick_account(wanted: str | None, known: list[str]) -> tuple[str, str]:
    """The account's id, and a complaint or nothing. `known` has at least one id; the first is the default."""
    if wanted is None or wanted in known:
        return wanted or known[0], ""
    return known[0], f"The address names the account “{shorten(wanted)}”, which is not known here."


def pick_range(params: Mapping[str, str], today: date, oldest: date | None) -> DateRange:
    """The range of days to show. `oldest` is the day of the first snapshot, if there is one."""
    name = params.get("range") or ("own" if params.get("from") or params.get("to") else DEFAULT_RANGE)
    if name not in RANGE_LABELS:
        complaint = f"The address names the range “{shorten(name)}”, which is unknown; one year is shown."
        return _named(DEFAULT_RANGE, today, oldest, complaint)
    if name != "own":
        return _named(name, today, oldest)
    days, complaint = _dates(params, today)
    if complaint:
        return _named(DEFAULT_RANGE, today, oldest, f"{complaint}; one year is shown.")
    last = days.get("to", today)
    return DateRange("own", days.get("from", _named(DEFAULT_RANGE, last, oldest).first), last)


def pick_dates(params: Mapping[str, str], today: date) -> TwoDates:
    """The two dates to compare, as they are asked for."""
    days, complaint = _dates(params, today)
    if not complaint and len(set(days.values())) < len(days):
        complaint = f"The address asks to compare {written(days['to'])} with itself"
    return TwoDates(None, None, complaint) if complaint else TwoDates(days.get("from"), days.get("to"))


def pick_resolution(wanted: str | None) -> tuple[str, str]:
    """`auto`, `day`, `week` or `month`, and a complaint or nothing."""
    if wanted in (None, AUTOMATIC) or wanted in RESOLUTION_LABELS:
        return wanted or AUTOMATIC, ""
    return (
        AUTOMATIC,
        f"The address says by={shorten(wanted or '')}, which is none of {join_and(list(RESOLUTION_LABELS))}.",
    )


def shorten(text: str) -> str:
    """At most 40 printable letters of something that anybody may have typed."""
    return "".join(letter for letter in text if letter.isprintable())[:40]


def _named(name: str, today: date, oldest: date | None, complaint: str = "") -> DateRange:
    if name == "all":
        return DateRange(name, min(oldest or today - timedelta(days=RANGE_DAYS["90d"] - 1), today), today, complaint)
    return DateRange(name, today - timedelta(days=RANGE_DAYS[name] - 1), today, complaint)


def _dates(params: Mapping[str, str], today: date) -> tuple[dict[str, date], str]:
    """The days of `from` and `to`, as far as the address has them; and what is wrong with them, without a full stop."""
    days: dict[str, date] = {}
    for key in ("from", "to"):
        text = params.get(key)
        if text is None:
            continue
        day = _day(text)
        if day is None or not EARLIEST <= day <= today:
            return {}, f"The address says {key}={shorten(text)}, which is not a date between {EARLIEST} and {today}"
        days[key] = day
    if len(days) == 2 and days["from"] > days["to"]:
        return {}, f"The address has a range that ends ({days['to']}) before it begins ({days['from']})"
    return days, ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
