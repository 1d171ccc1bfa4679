"""Report options in the URL, validated: compare with, title, name and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mimecast.formatting import format_date, single_line
from mimecast.reports.report import DEFAULT_COMPARE_DAYS, MAX_TITLE_CHARS
from mimecast.ui.url.params import EARLIEST, parse_day, shorten

COMPARE_DAYS: Final = {"7d": 7, "30d": 30, "90d": 90, "1y": 365}
START: Final = "start"
OWN: Final = "own"

COMPARE_LABELS: Final = {
    "7d": "A week earlier",
    "30d": "30 days earlier",
    "90d": "90 days earlier",
    "1y": "A year earlier",
    START: "The first day of the range",
    OWN: "Another day",
}
"""What a report can be compared with. For `own`, the URL has the day itself."""

DEFAULT_COMPARE: Final = f"{DEFAULT_COMPARE_DAYS}d"
FALLBACK: Final = f"the day {DEFAULT_COMPARE_DAYS} days earlier is used instead."
"""End of the complaint about a date that cannot be compared with."""

REPORT_PARAMS: Final = ("compare", "title", "name", "notes")

NOTE_IDS: Final = re.compile(r"\d{1,16}(,\d{1,16})*", re.ASCII)
"""Ids of notes are random and have up to 53 bits."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options of a report.

    `compare` is a key of `COMPARE_LABELS`; `compare_with` is what it means: days back or a day. `notes` are the ids of
    those to show, None for all. `complaints` are sentences about invalid values.
    """

    compare: str = DEFAULT_COMPARE
    compare_with: int | date = DEFAULT_COMPARE_DAYS
    title: str = ""
    show_name: bool = True
    notes: frozenset[int] | None = None
    complaints: tuple[str, ...] = ()


def pick_options(params: Mapping[str, str], first: date, last: date) -> ReportOptions:
    """Return the options of a report on the days from `first` to `last`."""
    compare, compare_with, compare_complaint = _pick_compare(params.get("compare"), first, last)
    title, title_complaint = pick_title(params.get("title", ""))
    name = params.get("name", "1")
    name_complaint = ""
    if name not in ("0", "1"):
        name_complaint = f"The URL says name={shorten(name)}, which is neither 0 nor 1; the name is shown."
    notes, notes_complaint = _pick_notes(params.get("notes"))
    complaints = tuple(filter(None, (compare_complaint, title_complaint, name_complaint, notes_complaint)))
    return ReportOptions(compare, compare_with, title, name != "0", notes, complaints)


def pick_title(text: str) -> tuple[str, str]:
    """Return a title on one line that is not too long, and a complaint or nothing."""
    title = single_line(text)
    if len(title) <= MAX_TITLE_CHARS:
        return title, ""
    complaint = f"The title is longer than {MAX_TITLE_CHARS} characters; the rest is left out."
    return single_line(title, MAX_TITLE_CHARS), complaint


def _pick_compare(requested: str | None, first: date, last: date) -> tuple[str, int | date, str]:
    if requested is None or requested in COMPARE_DAYS:
        return requested or DEFAULT_COMPARE, COMPARE_DAYS[requested or DEFAULT_COMPARE], ""
    if requested == START:
        if first < last:
            return START, first, ""
        complaint = f"The range has a single day, so it has no earlier day to compare with; {FALLBACK}"
        return DEFAULT_COMPARE, DEFAULT_COMPARE_DAYS, complaint
    day = parse_day(requested)
    if day is None or day < EARLIEST:
        valid = f"{', '.join((*COMPARE_DAYS, START))} nor a day from {format_date(EARLIEST)} on"
        complaint = f"The URL says compare={shorten(requested)}, which is neither {valid}; {FALLBACK}"
        return DEFAULT_COMPARE, DEFAULT_COMPARE_DAYS, complaint
    if day >= last:
        complaint = f"{format_date(day)} is not before the last day of the range, {format_date(last)}; {FALLBACK}"
        return DEFAULT_COMPARE, DEFAULT_COMPARE_DAYS, complaint
    return OWN, day, ""


def _pick_notes(requested: str | None) -> tuple[frozenset[int] | None, str]:
    """Return the ids of the notes to show: `0` hides all, `3,7` shows those two."""
    if requested is None:
        return None, ""
    if not NOTE_IDS.fullmatch(requested):
        return None, f"The URL says notes={shorten(requested)}, which is not a list of notes; all are shown."
    return frozenset(map(int, requested.split(","))) - {0}, ""
