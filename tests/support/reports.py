"""Reports to test with: the demo company's, the longest likely one, and the smallest possible one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mimecast.domain.annotations import Annotations
from mimecast.domain.normal_range import JudgedChange, Verdict
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.targets import Target, assess_target
from mimecast.reports.report import DEFAULT_RANGE, Report, ReportRequest, load_report
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.store.normal_range import load_band
from mimecast.store.store import Store
from tests.support.clock import NOW, TODAY

ZONE = ZoneInfo("UTC")
LONG_NAME = "Wide World Importers Holding, Subsidiaries & Partners <b>SE</b>"[:60]
LONG_TITLE = "Security awareness of all employees and contractors: monthly report to the board"
FORMULAS = ("=1+1", "+300 users", "-1", '@SUM(A1:A9) "&<b>$x$')
"""Texts that a spreadsheet would execute if they were not written as text."""


def stored_report(
    store: Store, *, name: str = "Contoso", first: date = TODAY - DEFAULT_RANGE, last: date = TODAY, **options: Any
) -> Report:
    """Return the report of what is stored for the account contoso, which must not be empty."""
    report = load_report(store, ReportRequest("contoso", name, DayRange(first, last, ZONE), NOW, **options))
    assert report is not None
    return report


def annotated_report(store: Store, report: Report, notes: list[Note]) -> Report:
    """Return the report with these notes, a target and a normal range."""
    judged = JudgedChange(Verdict.WITHIN, 30, -0.6, -1.1, 0.9, 24)
    target = Target("contoso", 9.0, date(2027, 3, 31), "", NOW - timedelta(days=90))
    newest = report.stamp.newest
    return replace(
        report,
        annotations=Annotations(tuple(notes), target, judged, load_band(store, newest, ZONE, judged)),
        all_notes=tuple(notes),
        progress=assess_target(target, newest, ZONE, TODAY),
    )


def make_note(number: int, day: date, text: str) -> Note:
    """Return a note of the account contoso."""
    return Note(number, "contoso", day, text, "", NOW)


def demo_report(store: Store, *, source: Source = Source.SAMPLE) -> Report:
    """Store two years of the demo company, and return the report of the last year with two notes."""
    store.add(Snapshot("contoso", taken_at, counts, source) for taken_at, counts in DemoCompany(TODAY).history())
    notes = [make_note(1, date(2026, 3, 1), "Phishing campaign Q1"), make_note(2, date(2026, 9, 15), "+300 users")]
    return annotated_report(store, stored_report(store), notes)


def longest_report(store: Store) -> Report:
    """Store five years of 100,000 users, and return their report.

    It has a long name and title, twelve notes of full length, a gap, and no snapshot on the last days.
    """
    snapshots = []
    for days_ago in range(1825, 20, -1):
        if 600 < days_ago < 640:
            continue
        grade_d = 9_000 + 4 * days_ago + days_ago % 7 * 10
        counts = ScoreCounts(60_000 - 4 * days_ago, 20_000, 11_000, grade_d, 100_000 - 91_000 - days_ago % 7 * 10)
        snapshots.append(Snapshot("contoso", datetime.combine(TODAY - timedelta(days_ago), time(3), UTC), counts))
    store.add(snapshots)
    notes = [
        make_note(number, TODAY - timedelta(1700 - number * 130), (f"{FORMULAS[number % 4]} and training " * 9)[:120])
        for number in range(1, 13)
    ]
    report = stored_report(store, name=LONG_NAME, first=TODAY - timedelta(1825), title=LONG_TITLE)
    return annotated_report(store, report, notes)


def smallest_report(store: Store) -> Report:
    """Store one snapshot of three users, and return its report."""
    store.add([Snapshot("contoso", NOW, ScoreCounts(1, 1, 0, 1))])
    return stored_report(store)
