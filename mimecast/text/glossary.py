"""The name of the dashboard, and its terms with what they mean for readers of files who have never seen it."""

from __future__ import annotations

from typing import Final

PRODUCT: Final = "SAFE Score"

SAMPLE_WARNING: Final = "SAMPLE DATA: the numbers of a made-up company."

DEFINITIONS: Final = (
    ("At risk", "Users with grade D or F."),
    (
        "Users graded",
        "All users with a grade. The number changes with joiners, leavers and exclusions, so counts, shares and users "
        "graded always appear together.",
    ),
    ("Doing well", "Users with grade A or B."),
    (
        "Grade",
        "Mimecast's SAFE Score of a user, from A (best) to F (worst); there is no E. Mimecast does not publish weights "
        "or thresholds; grades are never recomputed or averaged here.",
    ),
    ("Share", "A percentage of users graded. Changes in shares are in percentage points, computed before rounding."),
    ("Change", "Net change: totals do not show individual moves."),
    ("Value of a day", "The last snapshot of the day. A day without a snapshot is a gap and is shown as one."),
)
"""Terms and meanings, the two that matter most first."""

NORMAL_RANGE_DEFINITION: Final = (
    "Normal range",
    "The interval in which a change in this account's share at risk normally lies, calculated from its own earlier "
    "changes over the same number of days. The band shows where the share would normally be, given its value that "
    "many days earlier.",
)
