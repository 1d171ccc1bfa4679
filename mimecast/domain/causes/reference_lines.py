"""Reference lines: a share at risk to compare with, such as an industry's average, with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mimecast.formatting import format_percent, pluralize, single_line
from mimecast.problem import Problem

MAX_REFERENCE_LINES: Final = 3
"""Reference lines of an account. More would hide the account's own line."""

MAX_LABEL_CHARS: Final = 40
MAX_SOURCE_CHARS: Final = 120


class ReferenceLineInvalid(Problem):
    """A field of the reference line is invalid. Nothing was changed."""

    title = "The reference line was not saved"


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A level of `share` percent of users graded, drawn on charts of the share at risk.

    `source` says where the share comes from. The line ends on the reporting day `last_day`; None for no end. `author`
    is the e-mail address of its last writer, empty if unknown; `written_at` is UTC.
    """

    id: int
    account: str
    share: float
    label: str
    source: str
    last_day: date | None
    author: str
    written_at: datetime

    @property
    def short_text(self) -> str:
        """`Industry average 12.0%`."""
        return f"{self.label} {format_percent(self.share)}"

    @property
    def text(self) -> str:
        """`Industry average 12.0% (Mimecast Efficacy, Oct 2026)`."""
        return f"{self.short_text} ({self.source})"


def check_reference_line(share: float | None, label: str, source: str) -> tuple[float, str, str]:
    """Return the share to a tenth of a percent, and label and source on one line each. Raises ReferenceLineInvalid."""
    if share is None or not 0 <= share <= 100:
        raise ReferenceLineInvalid("A share is between 0% and 100%.", remedy="Enter one, for example 12.0.")
    texts = []
    for name, text, limit, example in (
        ("label", label, MAX_LABEL_CHARS, "Industry average"),
        ("source", source, MAX_SOURCE_CHARS, "Mimecast Efficacy, Oct 2026"),
    ):
        line = single_line(text)
        if not line:
            raise ReferenceLineInvalid(f"The line has no {name}.", remedy=f"Write one, for example: {example}.")
        if len(line) > limit:
            count = pluralize(len(line), "character")
            raise ReferenceLineInvalid(f"The {name} has {count}.", remedy=f"Shorten it to {limit} or fewer.")
        texts.append(line)
    return round(share, 1), texts[0], texts[1]
