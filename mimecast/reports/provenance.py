"""Where a report's numbers come from, and what its terms mean: the last section of every file."""

from __future__ import annotations

from mimecast.formatting import format_datetime
from mimecast.reports.report import Report
from mimecast.text.causes import causes_sentences
from mimecast.text.glossary import DEFINITIONS, NORMAL_RANGE_DEFINITION, SAMPLE_WARNING
from mimecast.text.targets import goal_phrase, progress_sentence
from mimecast.text.timelines import coverage


def definitions(report: Report) -> list[tuple[str, str]]:
    """Return the terms that the report uses, with their meanings."""
    return [*DEFINITIONS, *([NORMAL_RANGE_DEFINITION] if report.annotations.band else [])]


def sources(report: Report) -> list[tuple[str, str]]:
    """Return what the numbers are of, when and where they were taken, and how complete they are."""
    stamp, comparison, zone = report.stamp, report.comparison, report.days.zone
    rows = [
        ("Numbers", stamp.text),
        ("Range", f"{report.range_text}; {coverage(report.timeline)}; time zone: {zone.key}."),
    ]
    if comparison:
        then = format_datetime(comparison.then.taken_at, zone)
        rows.append(("Compared with", f"{then}, the last snapshot on or before the requested day."))
    if report.summary.change:
        rows.append(("Recent change", report.summary.change))
    if report.progress:
        goal = f"At most {goal_phrase(report.progress.target)}."
        rows.append(("Target", f"{goal} {progress_sentence(report.progress, report.past_day)}"))
    annotations, timeline = report.annotations, report.timeline
    for sentence in causes_sentences(annotations.causes, timeline.first, timeline.last, timeline.zone, with_lines=True):
        term, _, meaning = sentence.partition(": ")
        rows.append((term, meaning[:1].upper() + meaning[1:]) if meaning else ("Causes", sentence))
    rows.append(("Generated", f"{format_datetime(stamp.now, zone)}."))
    return [*([("Note", SAMPLE_WARNING)] if report.is_sample else []), *rows]
