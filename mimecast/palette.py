"""Colours that carry meaning, in both themes and in every file.

The grades run from blue to red, which stay distinct under the three common colour-vision deficiencies: the smallest
distance between any two grades is above 25 (CIE76), which a test computes. Colours of lines and text are legible on a
white and on a near-black background.
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
"""Thin darker edges, which make pale bars visible on white and keep neighbouring columns apart."""

GRADE_LINES: Final = {
    "A": "#3d84c6",
    "B": "#5aa2c8",
    "C": "#b59a35",
    "D": "#e0742f",
    "F": "#d6453d",
    OTHER: "#8c8c8c",
}
"""The hues of the grades for lines, which need more contrast than areas on both backgrounds."""

AT_RISK_LINE: Final = "#52687f"
"""Ink, legible on both backgrounds. The pages' style sheet makes it darker on white and lighter on near-black."""

AT_RISK_INK: Final = "#1f3a5f"
"""The colour of that line in files, which have a white background."""

WORSE_LINE: Final = "#d6453d"
"""The part of the line that a change for the worse outside the normal range covers; colour means judgement."""

BETTER_LINE: Final = "#1f9d63"
USERS_LINE: Final = "#7a8797"
GAP_FILL: Final = "rgba(128, 128, 128, 0.14)"
NORMAL_RANGE_FILL: Final = "rgba(66, 133, 200, 0.24)"
GRID: Final = "rgba(128, 128, 128, 0.22)"
TARGET_LINE: Final = "#3f86c9"
RATE_LINES: Final = {"clicked": "#e0742f", "submitted": "#d6453d", "reported": "#3d84c6"}
REFERENCE_LINE: Final = "#8a6fb0"
RESTART_LINE: Final = "#7a8797"
CAMPAIGN_MARK: Final = "#8e44ad"
NOTE_LINE: Final = "rgba(122, 135, 151, 0.75)"
NOTE_TAG: Final = "#5b6776"
NOTE_NUMBER: Final = "#ffffff"

INK: Final = "#0f1822"
QUIET: Final = "#5b6673"
PAPER: Final = "#ffffff"
RULE: Final = "#d9dee5"
HEADER_FILL: Final = "#eef1f4"
WARNING: Final = "#b4540a"
GOOD: Final = "#1b7a3d"
BAD: Final = "#b2182b"
"""Text on white: reports are light in every theme."""
