"""Colours of slides and workbooks that judge: red and green are for changes that are not normal."""

from __future__ import annotations

from typing import Final

from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.palette import AT_RISK_INK, BAD, GOOD, QUIET

BAND_FILL: Final = "#c9dcf0"
"""The normal range on white."""

REFERENCE_INK: Final = "#6b4f96"
"""Reference lines and their names on white."""


def change_colour(judged: JudgedChange | None) -> str:
    """Return red for a change for the worse that is not normal, green for such a one for the better, else quiet."""
    if judged is None or judged.verdict is not Verdict.OUTSIDE or judged.change is None:
        return QUIET
    return BAD if judged.change > 0 else GOOD


def trend_colour(judged: JudgedChange | None) -> str:
    """Return red where the share at risk rose by more than is normal, else the ink of the trend."""
    return BAD if change_colour(judged) == BAD else AT_RISK_INK
