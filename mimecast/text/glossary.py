"""The terms of the dashboard and what they mean."""

from __future__ import annotations

from typing import Final

SAMPLE_WARNING: Final = "SAMPLE DATA: these are the figures of a made-up company."

DEFINITIONS: Final = (
    ("At risk", "Users with grade D or F."),
    (
        "Users graded",
        "Everybody with a grade. The number moves with joiners, leavers and exclusions, so counts, shares and users "
        "graded stand together.",
    ),
    ("Doing well", "Users with grade A or B."),
    (
        "Grade",
        "Mimecast's SAFE Score of a user, from A (best) to F (worst); there is no E. Weights and thresholds behind it "
        "are not published; nothing here recomputes or averages grades.",
    ),
    ("Share", "A percentage of users graded; changes of shares are in percentage points."),
    ("Change", "Net movement: counts do not say who moved from which grade to which."),
    ("A day's value", "The last snapshot of the day. A day without a snapshot is a gap and is shown as one."),
)
"""Terms and meanings, the two that matter most first."""

NORMAL_RANGE_DEFINITION: Final = (
    "Usual variation",
    "The account's own earlier changes of the at-risk share over as many days. The band shows where the share would "
    "lie, had it changed as usual since that many days earlier.",
)
