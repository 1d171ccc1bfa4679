"""Values of the URL, validated: one that makes no sense is named in a sentence, and the default is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from mimecast.formatting import format_date, single_line

EARLIEST: Final = date(2010, 1, 1)
"""No grade is older: the product did not exist."""

MAX_SHOWN_CHARS: Final = 40
"""Characters of a value that are repeated to the reader, since anyone may have written it."""


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


def pick_dates(params: Mapping[str, str], today: date) -> TwoDates:
    """Return the two dates to compare, as they are requested."""
    days, complaint = dates_of(params, today)
    if not complaint and len(set(days.values())) < len(days):
        complaint = f"The URL asks to compare {format_date(days['to'])} with itself"
    return TwoDates(None, None, complaint) if complaint else TwoDates(days.get("from"), days.get("to"))


def parse_day(text: str) -> date | None:
    """Return the day of an ISO date, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def shorten(text: str) -> str:
    """Return a value of the URL as it may be repeated to the reader."""
    return single_line(text, MAX_SHOWN_CHARS)


def dates_of(params: Mapping[str, str], today: date) -> tuple[dict[str, date], str]:
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
