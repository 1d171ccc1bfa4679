"""Colours that mean something, the same in both themes and in every export.

The grades run from blue to red, which stay apart under the three common colour-vision deficiencies: the smallest
distance between any two grades is kept above 25 (CIE76), which a test computes. Colours of lines and text are chosen
to be read on a white and on a near-black background.
"""

from __future__ import annotations

from typing import Final

from mimecast.domain.scores import OTHER

GRADE_COLOURS: Final = {
    "A": "#2166ac",
    "B": "#92c5de",
    "C": "#f2e2a0",
    "D": "#ef8a4b",
    "F": "#b2182b",
    OTHER: "#8c8c8c",
}

GRADE_OUTLINES: Final = {
    "A": "#174a7d",
    "B": "#5f97b3",
    "C": "#b8a65c",
    "D": "#b9602a",
    "F": "#7f0f1d",
    OTHER: "#5f5f5f",
}
"""A thin darker edge, so that a pale bar is seen on white and neighbouring columns are told apart."""

GRADE_LINES: Final = {
    "A": "#3d84c6",
    "B": "#5aa2c8",
    "C": "#b59a35",
    "D": "#e0742f",
    "F": "#d6453d",
    OTHER: "#8c8c8c",
}
"""The same hues for lines, which need more contrast than areas on both backgrounds."""

AT_RISK_LINE: Final = "#d6453d"
USERS_LINE: Final = "#7a8797"
BETTER_LINE: Final = "#1f9d63"
WORSE_LINE: Final = AT_RISK_LINE
GAP_FILL: Final = "rgba(128, 128, 128, 0.14)"
NORMAL_RANGE_FILL: Final = "rgba(66, 133, 200, 0.28)"
GRID: Final = "rgba(128, 128, 128, 0.22)"
TARGET_LINE: Final = "#3f86c9"
NOTE_LINE: Final = "rgba(122, 135, 151, 0.75)"
NOTE_TAG: Final = "#5b6776"
NOTE_NUMBER: Final = "#ffffff"
BAND_FILL: Final = "rgba(122, 135, 151, 0.28)"
"""The usual range of the at-risk share."""

INK: Final = "#0f1822"
QUIET: Final = "#5b6673"
PAPER: Final = "#ffffff"
WARNING: Final = "#b4540a"
GOOD: Final = "#1b7a3d"
BAD: Final = "#b2182b"
"""Letters on white: reports are light whatever the theme."""
