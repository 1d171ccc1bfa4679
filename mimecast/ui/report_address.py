"""What an address asks of a report besides account and dates: compare with, title, name, notes. Read with suspicion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mimecast.report import DEFAULT_SPAN, MOST_LETTERS_IN_TITLE
from mimecast.ui.address import EARLIEST, shortened
from mimecast.wording import day

SPANS: Final = {"7d": 7, "30d": 30, "90d": 90, "1y": 365}
START: Final = "start"
OWN: Final = "own"
AGAINST: Final = {
    "7d": "A week earlier",
    "30d": "30 days earlier",
    "90d": "90 days earlier",
    "1y": "A year earlier",
    START: "The first day of the range",
    OWN: "Another day",
}
"""What a report can be compared with; `own` stands in the address as the day itself."""

DEFAULT: Final = f"{DEFAULT_SPAN}d"

PARAMS: Final = ("compare", "title", "name", "notes")


@dataclass(frozen=True, slots=True)
class Options:
    """`compare` is a key of `AGAINST`, `against` what it comes to: days back or a day. `notes` are the ids of those to
    show, None for all of them. `complaints` are sentences about values that made no sense."""

    compare: str = DEFAULT
    against: int | date = DEFAULT_SPAN
    title: str = ""
    show_name: bool = True
    notes: frozenset[int] | None = None
    complaints: tuple[str, ...] = ()


def pick_options(params: Mapping[str, str], first: date, today: date) -> Options:
    """The options of a report whose range begins on `first`."""
    compare, against, complaint = _against(params.get("compare"), first, today)
    complaints = [complaint] if complaint else []
    title, complaint = pick_title(params.get("title", ""))
    complaints += [complaint] if complaint else []
    name = params.get("name", "1")
    if name not in ("0", "1"):
        complaints.append(f"The address says name={shortened(name)}, which is neither 0 nor 1; the name is shown.")
    notes, complaint = _notes(params.get("notes"))
    complaints += [complaint] if complaint else []
    return Options(compare, against, title, name != "0", notes, tuple(complaints))


def pick_title(text: str) -> tuple[str, str]:
    """A title on one line that is not too long, and a complaint or nothing."""
    title = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if len(title) <= MOST_LETTERS_IN_TITLE:
        return title, ""
    return title[:MOST_LETTERS_IN_TITLE].strip(), (
        f"The title is longer than {MOST_LETTERS_IN_TITLE} letters; what is beyond them is left out."
    )


def _against(wanted: str | None, first: date, today: date) -> tuple[str, int | date, str]:
    if wanted is None or wanted in SPANS:
        return wanted or DEFAULT, SPANS[wanted or DEFAULT], ""
    if wanted == START:
        return START, first, ""
    try:
        chosen = date.fromisoformat(wanted)
    except ValueError:
        chosen = date.min
    if EARLIEST <= chosen <= today:
        return OWN, chosen, ""
    known = f"{', '.join((*SPANS, START))} nor a day between {day(EARLIEST)} and {day(today)}"
    complaint = f"The address says compare={shortened(wanted)}, which is neither {known}; 30 days earlier is compared."
    return DEFAULT, DEFAULT_SPAN, complaint


def _notes(wanted: str | None) -> tuple[frozenset[int] | None, str]:
    """`0` hides all; `3,7` shows those two."""
    if wanted is None:
        return None, ""
    if not re.fullmatch(r"\d{1,9}(,\d{1,9})*", wanted, re.ASCII):
        return None, f"The address says notes={shortened(wanted)}, which is not a list of notes; all are shown."
    return frozenset(map(int, wanted.split(","))) - {0}, ""
