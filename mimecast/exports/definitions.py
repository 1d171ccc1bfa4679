"""What the words in a file mean: whoever reads a report has never seen the dashboard."""

from __future__ import annotations

from typing import Final

from mimecast.narrative import coverage
from mimecast.report import Report
from mimecast.wording import instant

SAMPLE: Final = "SAMPLE DATA: these are the figures of a made-up company."

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

USUAL: Final = (
    "Usual variation",
    "The account's own earlier changes of the at-risk share over as many days. The band shows where the share would "
    "lie, had it changed as usual since that many days earlier.",
)


def definitions(report: Report) -> list[tuple[str, str]]:
    """The terms that this report uses."""
    return [*DEFINITIONS, *([USUAL] if report.band else [])]


def sources(report: Report) -> list[tuple[str, str]]:
    """Whose numbers these are, of when, from where, and how complete."""
    stamp, comparison = report.stamp, report.comparison
    timeline = report.timeline
    said = [
        ("Numbers", stamp.text),
        ("Range", f"{report.range_text}; {coverage(timeline)}; days in {stamp.zone.key}."),
        (
            "Compared with",
            f"{instant(comparison.then.taken_at, stamp.zone)}, the last snapshot on or before the day asked for."
            if comparison
            else "Nothing: there is no snapshot to compare with.",
        ),
    ]
    if report.target_text:
        said.append(("Target", report.target_text.removeprefix("Target: ")))
    if report.usual_text:
        said.append(("Change", report.usual_text))
    said.append(("Made", f"{instant(stamp.now, stamp.zone)}."))
    return [*([("Beware", SAMPLE)] if report.is_sample else []), *said]
