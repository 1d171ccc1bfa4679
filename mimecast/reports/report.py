"""What a report holds: one account over a range of days, compared with an earlier day. Gathered once, whatever form it
is then given: the page, slides, a workbook, a web page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.charts.annotations import Annotations
from mimecast.domain.comparison import Comparison
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import (
    MAX_MIX_COLUMNS,
    DayRange,
    Resolution,
    midnight,
    periods,
    reporting_day,
    with_bounds,
)
from mimecast.domain.scores import GRADES, OTHER
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.timeline import Timeline
from mimecast.domain.variation import Variation
from mimecast.formatting import format_date
from mimecast.problem import Problem
from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_progress, load_target
from mimecast.store.comparisons import compare_back
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.store.variation_baseline import load_variation
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from mimecast.text.summaries import Headline, headline, target_sentence, verdict

DEFAULT_TITLE: Final = "SAFE Score report"
DEFAULT_COMPARE_DAYS: Final = 30
"""Days back to the snapshot that a report compares with, unless it is told otherwise."""

DEFAULT_RANGE: Final = timedelta(days=364)
"""From the first to the last day of a report that was given no range."""

MAX_TITLE_CHARS: Final = 80


class NothingToReport(Problem):
    """No snapshot falls into the range."""

    title = "There is nothing to report"
    remedy = "Choose a range with snapshots, or capture one with: python -m mimecast snapshot."


@dataclass(frozen=True, slots=True)
class NormalRangeBand:
    """Where the at-risk share would lie, had it changed as usual since the day one span earlier.

    `days` maps a reporting day of the last span to the lowest and highest usual share (percent of users graded).
    """

    days: dict[date, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown of `account` from `first` to `last` (inclusive reporting days).

    `stamp` is of the last snapshot in the range, and has no name where the name is not to be shown. `comparison` is
    None where nothing is stored from about `span` days earlier. `timeline` is for lines, `mix` for columns: the same
    days, fewer periods. `target_text` says how the target stands and `usual_text` whether the change is usual, each in
    a sentence or two, or nothing.
    """

    account: str
    title: str
    stamp: Stamp
    first: date
    last: date
    span: int
    comparison: Comparison | None
    timeline: Timeline
    mix: Timeline
    marks: Annotations = Annotations()
    band: NormalRangeBand | None = None
    notes: tuple[Note, ...] = ()
    """All notes of the range; `marks` has those that are shown."""
    target_text: str = ""
    usual_text: str = ""

    @property
    def headline(self) -> Headline:
        said = headline(self.stamp.newest, self.comparison, self.span)
        if self.span > 0 or not self.stamp.newest.counts.users_graded:
            return said
        return Headline(said.fact, " (grade D or F).")

    @property
    def is_sample(self) -> bool:
        return self.stamp.source == SAMPLE_MARK

    @property
    def compared_day(self) -> date | None:
        return self.comparison.then_day if self.comparison else None

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, with `other` last when anybody has such a grade now or had one then."""
        snapshots = [self.stamp.newest, *([self.comparison.then] if self.comparison else [])]
        return (*GRADES, OTHER) if any(one.counts.other for one in snapshots) else GRADES

    @property
    def range_text(self) -> str:
        """`25 Nov 2025 to 24 Nov 2026`"""
        return (
            f"{format_date(self.first)} to {format_date(self.last)}"
            if self.first != self.last
            else format_date(self.first)
        )

    def file_name(self, ending: str) -> str:
        """`safe-score-report-contoso-2026-11-24.pptx`; the date is the newest snapshot's."""
        sample = "SAMPLE-DATA-" if self.is_sample else ""
        return f"{sample}safe-score-report-{self.account}-{self.stamp.day}{ending}"


def load_report(
    store: Store,
    account: str,
    name: str,
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
    against: int | date = DEFAULT_COMPARE_DAYS,
    title: str = "",
    notes: Collection[int] | None = None,
) -> Report | None:
    """The report of an account, or None where no snapshot falls into the range. Raises StoreError.

    A report begins with the account's first snapshot at the earliest: before it there is no gap to show.

    `name` is what the account is called, empty to leave it out; `against` is the day to compare with, or how many days
    earlier it is; `notes` are the ids of those to show, None for all in the range.
    """
    newest = _last_snapshot(store, account, first, last, zone)
    if newest is None:
        return None
    oldest = store.oldest(account) or newest
    first = max(first, reporting_day(oldest.taken_at, zone))
    stamp = Stamp(name, newest, zone, now)
    span = against if isinstance(against, int) else (stamp.day - against).days
    marked = read_marks(store, account, first, last, stamp, span, notes)
    return Report(
        account=account,
        title=title or DEFAULT_TITLE,
        stamp=stamp,
        first=first,
        last=last,
        span=span,
        comparison=compare_back(store, newest, span, zone) if span > 0 else None,
        timeline=load_timeline(store, account, DayRange(first, last, zone)),
        mix=load_timeline(store, account, DayRange(first, last, zone), max_points=MAX_MIX_COLUMNS),
        marks=marked.marks,
        band=load_normal_range(store, account, stamp.day, zone, marked.marks.variation),
        notes=marked.notes,
        target_text=marked.target_text,
        usual_text=marked.usual_text,
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """What is drawn over the line, what is said about it, and all notes of the range, shown or not."""

    marks: Annotations = Annotations()
    notes: tuple[Note, ...] = ()
    target_text: str = ""
    usual_text: str = ""


def read_marks(
    store: Store, account: str, first: date, last: date, stamp: Stamp, span: int, notes: Collection[int] | None
) -> Marked:
    """The notes of the range, the target, and whether the change over `span` days up to the stamp's snapshot is usual.

    The one place where a report asks for them.
    """
    stored = tuple(load_notes(store, account, first, last))
    zone = stamp.zone
    progress = load_progress(store, account, stamp.newest, zone, reporting_day(stamp.now, zone))
    variation = load_variation(store, stamp.newest, zone, span) if span > 0 else None
    return Marked(
        Annotations(chosen_notes(stored, notes), load_target(store, account), variation),
        stored,
        target_sentence(progress) if progress else "",
        verdict(stamp.newest, variation),
    )


def chosen_notes(stored: Iterable[Note], wanted: Collection[int] | None) -> tuple[Note, ...]:
    """The wanted of the notes, oldest first."""
    return tuple(
        sorted((note for note in stored if wanted is None or note.id in wanted), key=lambda note: (note.day, note.id))
    )


def load_days(store: Store, report: Report) -> list[tuple[date, Snapshot | None]]:
    """Every reporting day of the report with its last snapshot, oldest first. Raises StoreError."""
    zone = report.stamp.zone
    days = with_bounds(periods(report.first, report.last, Resolution.DAY), zone)
    found = store.last_in_each(report.account, [bounds for _, bounds in days])
    return [(one.first, snapshot) for (one, _), snapshot in zip(days, found, strict=True)]


def source_text(snapshot: Snapshot) -> str:
    """Where one snapshot came from, as tables say it."""
    return {Source.SAMPLE: SAMPLE_MARK, Source.IMPORTED: "imported", Source.MIMECAST: "from Mimecast"}[snapshot.source]


def _last_snapshot(store: Store, account: str, first: date, last: date, zone: ZoneInfo) -> Snapshot | None:
    (found,) = store.last_in_each(account, [(midnight(first, zone), midnight(last + timedelta(days=1), zone))])
    return found


def load_normal_range(
    store: Store, account: str, newest: date, zone: ZoneInfo, variation: Variation | None
) -> NormalRangeBand | None:
    """Limits are on changes, so they are drawn from the value one span earlier, over the last span only.

    None where there are no limits. Raises StoreError.
    """
    if variation is None or variation.low is None or variation.high is None:
        return None
    span = timedelta(days=variation.span)
    earlier = load_timeline(
        store, account, DayRange(newest - 2 * span, newest - span, zone), max_points=2 * variation.span + 2
    )
    low, high = variation.low, variation.high
    shares = earlier.shares["at_risk"].dropna()
    days = [label.date() + span for label in earlier.users.index[earlier.shares["at_risk"].notna()]]
    return NormalRangeBand(
        {day: (max(share + low, 0.0), min(share + high, 100.0)) for day, share in zip(days, shares, strict=True)}
    )
