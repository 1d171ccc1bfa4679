"""What an address asks of a report besides account and dates: compare with, title, name, notes. Read with suspicion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mimecast.formatting import format_date
from mimecast.reports.report import DEFAULT_COMPARE_DAYS, MAX_TITLE_CHARS
from mimecast.ui.url.params import EARLIEST, shorten

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
"""What a report can be compared with; `own` stands in the address as the day itself."""

DEFAULT_COMPARE: Final = f"{DEFAULT_COMPARE_DAYS}d"

REPORT_PARAMS: Final = ("compare", "title", "name", "notes")


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """`compare` is a key of `AGAINST`, `against` what it comes to: days back or a day. `notes` are the ids of those to
    show, None for all of them. `complaints` are sentences about values that made no sense."""

    compare: str = DEFAULT_COMPARE
    against: int | date = DEFAULT_COMPARE_DAYS
    title: str = ""
    show_name: bool = True
    notes: frozenset[int] | None = None
    complaints: tuple[str, ...] = ()


def pick_options(params: Mapping[str, str], first: date, today: date) -> ReportOptions:
    """The options of a report whose range begins on `first`."""
    compare, against, complaint = _against(params.get("compare"), first, today)
    complaints = [complaint] if complaint else []
    title, complaint = pick_title(params.get("title", ""))
    complaints += [complaint] if complaint else []
    name = params.get("name", "1")
    if name not in ("0", "1"):
        complaints.append(f"The address says name={shorten(name)}, which is neither 0 nor 1; the name is shown.")
    notes, complaint = _notes(params.get("notes"))
    complaints += [complaint] if complaint else []
    return ReportOptions(compare, against, title, name != "0", notes, tuple(complaints))


def pick_title(text: str) -> tuple[str, str]:
    """A title on one line that is not too long, and a complaint or nothing."""
    title = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if len(title) <= MAX_TITLE_CHARS:
        return title, ""
    return title[:MAX_TITLE_CHARS].strip(), (
        f"The title is longer than {MAX_TITLE_CHARS} letters; what is beyond them is left out."
    )


def _against(wanted: str | None, first: date, today: date) -> tuple[str, int | date, str]:
    if wanted is None or wanted in COMPARE_DAYS:
        return wanted or DEFAULT_COMPARE, COMPARE_DAYS[wanted or DEFAULT_COMPARE], ""
    if wanted == START:
        return START, first, ""
    try:
        chosen = date.fromisoformat(wanted)
    except ValueError:
        chosen = date.min
    if EARLIEST <= chosen <= today:
        return OWN, chosen, ""
    known = f"{', '.join((*COMPARE_DAYS, START))} nor a day between {format_date(EARLIEST)} and {format_date(today)}"
    complaint = f"The address says compare={shorten(wanted)}, which is neither {known}; 30 days earlier is compared."
    return DEFAULT_COMPARE, DEFAULT_COMPARE_DAYS, complaint


def _notes(wanted: str | None) -> tuple[frozenset[int] | None, str]:
    """`0` hides all; `3,7` shows those two."""
    if wanted is None:
        return None, ""
    if not re.fullmatch(r"\d{1,9}(,\d{1,9})*", wanted, re.ASCII):
        return None, f"The address says notes={shorten(wanted)}, which is not a list of notes; all are shown."
    return frozenset(map(int, wanted.split(","))) - {0}, ""
