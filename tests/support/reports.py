"""Reports to test with: the made-up company's, the longest that is likely, and the smallest there can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mimecast.charts.annotations import Annotations
from mimecast.domain.notes import Note
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.targets import Target
from mimecast.domain.variation import Variation, Verdict
from mimecast.reports.report import DEFAULT_RANGE, Report, load_normal_range, load_report
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.store.store import Store
from tests.conftest import NOW, TODAY

ZONE = ZoneInfo("UTC")
LONG_NAME = "Wide World Importers Holding, Subsidiaries & Partners <b>SE</b>"[:60]
LONG_TITLE = "Security awareness of all employees and contractors: monthly report to the board"
FORMULAS = ("=1+1", "+300 users", "-1", '@SUM(A1:A9) "&<b>$x$')


def made(store: Store, *, name: str = "Contoso", first: date = TODAY - DEFAULT_RANGE, **asked: object) -> Report:
    """The report of what is stored, which has to be something."""
    report = load_report(store, "contoso", name, first=first, last=TODAY, zone=ZONE, now=NOW, **asked)  # type: ignore[arg-type]
    assert report is not None
    return report


def marked(store: Store, report: Report, notes: list[Note]) -> Report:
    """With notes, a target, and limits of the usual change."""
    variation = Variation(Verdict.WITHIN, 30, 30, -0.6, -1.1, 0.9, 24)
    target = Target("contoso", 9.0, date(2027, 3, 31), "", NOW)
    return replace(
        report,
        marks=Annotations(tuple(notes), target, variation),
        notes=tuple(notes),
        band=load_normal_range(store, "contoso", report.stamp.day, ZONE, variation),
        target_text="Target: at most 9.0 % at risk by 31 Mar 2027. On track.",
        usual_text="That is within usual variation.",
    )


def note(order: int, day: date, text: str) -> Note:
    return Note(order, "contoso", day, text, "", NOW)


def told(store: Store, *, source: Source = Source.SAMPLE) -> Report:
    """Two years of the made-up company, the last one reported, with two notes."""
    store.add(Snapshot("contoso", at, counts, source) for at, counts in DemoCompany(TODAY).past())
    notes = [note(1, date(2026, 3, 1), "Phishing campaign Q1"), note(2, date(2026, 9, 15), "+300 users")]
    return marked(store, made(store), notes)


def longest(store: Store) -> Report:
    """Five years of 100,000 users, a long name and title, twelve notes of full length, and a gap at the end."""
    rows = []
    for ago in range(1825, 20, -1):
        if 600 < ago < 640:
            continue
        risk = 9_000 + 4 * ago + ago % 7 * 10
        counts = ScoreCounts(60_000 - 4 * ago, 20_000, 11_000, risk, 100_000 - 91_000 - ago % 7 * 10)
        rows.append(Snapshot("contoso", datetime.combine(TODAY - timedelta(ago), time(3), UTC), counts))
    store.add(rows)
    notes = [
        note(order, TODAY - timedelta(1700 - order * 130), (f"{FORMULAS[order % 4]} and training " * 9)[:120])
        for order in range(1, 13)
    ]
    report = made(store, name=LONG_NAME, first=TODAY - timedelta(1825), title=LONG_TITLE)
    return marked(store, report, notes)


def smallest(store: Store) -> Report:
    """One snapshot of three users."""
    store.add([Snapshot("contoso", NOW, ScoreCounts(1, 1, 0, 1))])
    return made(store)
