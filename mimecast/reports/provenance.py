"""What the words in a file mean: whoever reads a report has never seen the dashboard."""

from __future__ import annotations

from mimecast.formatting import format_datetime
from mimecast.reports.report import Report
from mimecast.text.glossary import DEFINITIONS, NORMAL_RANGE_DEFINITION, SAMPLE_WARNING
from mimecast.text.summaries import coverage


def definitions(report: Report) -> list[tuple[str, str]]:
    """The terms that this report uses."""
    return [*DEFINITIONS, *([NORMAL_RANGE_DEFINITION] if report.band else [])]


def sources(report: Report) -> list[tuple[str, str]]:
    """Whose numbers these are, of when, from where, and how complete."""
    stamp, comparison = report.stamp, report.comparison
    timeline = report.timeline
    said = [
        ("Numbers", stamp.text),
        ("Range", f"{report.range_text}; {coverage(timeline)}; days in {stamp.zone.key}."),
        (
            "Compared with",
            f"{format_datetime(comparison.then.taken_at, stamp.zone)}, the last snapshot on or before the day "
            f"asked for."
            if comparison
            else "Nothing: there is no snapshot to compare with.",
        ),
    ]
    if report.target_text:
        said.append(("Target", report.target_text.removeprefix("Target: ")))
    if report.usual_text:
        said.append(("Change", report.usual_text))
    said.append(("Made", f"{format_datetime(stamp.now, stamp.zone)}."))
    return [*([("Beware", SAMPLE_WARNING)] if report.is_sample else []), *said]
