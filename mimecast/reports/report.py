"""The report model: one account over a range of days. Pages, slides, workbook, HTML and pictures are made from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mimecast.domain.annotations import Annotations
from mimecast.domain.causes.restarts import Restart, last_restart
from mimecast.domain.comparison import Comparison, MissingComparison
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import EARLIEST_DAY, MAX_MIX_COLUMNS, DayRange, Resolution, reporting_day
from mimecast.domain.scores import grades_with_other
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.targets import TargetProgress
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_range, single_line
from mimecast.problem import Problem
from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_progress
from mimecast.store.causes.load_causes import load_causes
from mimecast.store.comparisons import compare_longest, compare_since_restart, compare_with_day
from mimecast.store.normal_range import load_band, load_judged_change
from mimecast.store.store import Store
from mimecast.store.timelines import last_snapshot_in, load_timeline
from mimecast.text.file_names import file_stem
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from mimecast.text.summary import Summary, summarize

if TYPE_CHECKING:
    from mimecast.reports.people.report_tables import PeopleTable

DEFAULT_TITLE: Final = "SAFE Score report"
MAX_TITLE_CHARS: Final = 80

DEFAULT_COMPARE_DAYS: Final = 30
"""Days back to the snapshot that a report compares with by default."""

MAX_SLIDE_COLUMNS: Final = 21
"""Columns that a slide has room for: 13 months, 21 quarters."""

DEFAULT_RANGE: Final = timedelta(days=365)
"""From the first to the last day of a report that was given no range."""


class NothingToReport(Problem):
    """The range has no snapshot."""

    title = "Nothing to report"
    remedy = "Choose a range with snapshots, or capture one with: python -m mimecast snapshot."


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is to show.

    `compare_with` is the day to compare with, or how many days earlier it is. `name` is what the account is called,
    empty to leave it out. `notes` are the ids of the notes to show, None for all in the range. The timeline has the
    resolution `finest` or a coarser one. `up_to` is the snapshot that the report is about, where it is known already.
    With a `min_group_size` it shows departments, and movement `with_movement`.
    """

    account: str
    name: str
    days: DayRange
    now: datetime
    compare_with: int | date = DEFAULT_COMPARE_DAYS
    title: str = ""
    notes: Collection[int] | None = None
    finest: Resolution = Resolution.DAY
    up_to: Snapshot | None = None
    min_group_size: int | None = None
    with_movement: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """An account over `days`, up to the last snapshot in them (`stamp.newest`).

    `since` compares that snapshot with the first one in the range, or with the first one since the last baseline
    restart in it; `recent` with the day asked for, about `compare_days` earlier. `timeline` is for lines, `mix` for
    columns and `slide_mix` for the columns of a slide: the same days in fewer periods each. `all_notes` are the notes
    of the range, of which `annotations` has those to show. `past_day` is the reporting day of the snapshot where the
    range ends before today, or where a later answer is implausible. `people` are the tables of departments and
    movement.
    """

    account: str
    title: str
    stamp: Stamp
    days: DayRange
    compare_days: int
    since: Comparison | None
    recent: Comparison | MissingComparison
    timeline: Timeline
    mix: Timeline
    slide_mix: Timeline
    annotations: Annotations
    all_notes: tuple[Note, ...] = ()
    progress: TargetProgress | None = None
    past_day: date | None = None
    people: tuple[PeopleTable, ...] = ()

    @property
    def summary(self) -> Summary:
        """The headline and the sentences that follow it."""
        return summarize(
            self.stamp.newest,
            since=self.since,
            recent=self.recent,
            recent_days=self.compare_days,
            judged=self.annotations.judged,
            progress=self.progress,
            past_day=self.past_day,
            restart=self.restart,
        )

    @property
    def restart(self) -> Restart | None:
        """The last baseline restart that splits the range, up to the last snapshot in it."""
        return last_restart(self.annotations.causes.restarts_between(self.days.first, self.stamp.day), self.stamp.day)

    @property
    def comparison(self) -> Comparison | None:
        """The recent comparison, or None where there is no snapshot to compare with."""
        return self.recent if isinstance(self.recent, Comparison) else None

    @property
    def is_sample(self) -> bool:
        """Whether the numbers are sample data."""
        return self.stamp.source == SAMPLE_MARK

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, followed by `other` when a user has such a grade now or had one then."""
        counts = [self.stamp.newest.counts, *([self.comparison.then.counts] if self.comparison else [])]
        return grades_with_other(*counts)

    @property
    def range_text(self) -> str:
        """`25 Nov 2025 to 24 Nov 2026`."""
        return format_range(self.days.first, self.days.last)

    def file_name(self, suffix: str) -> str:
        """Return `safe-score-report-contoso-2026-11-24.pptx`, with the date of the last snapshot.

        It names no account where the name is hidden.
        """
        name = self.stamp.account_name
        stem = file_stem(
            "report",
            self.stamp.day,
            account_name=name,
            account_id=self.account if name else "",
            is_sample=self.is_sample,
        )
        return f"{stem}{suffix}"


def load_report(store: Store, request: ReportRequest) -> Report | None:
    """Load a report, or return None where no snapshot falls into its range. Raises StoreError.

    The range begins with the account's first snapshot at the earliest: before it there is no gap to show. A day to
    compare with that is not before the last snapshot is replaced by the default. The target is the one that was in
    force at the end of the range.
    """
    account, zone = request.account, request.days.zone
    newest = request.up_to or last_snapshot_in(store, account, request.days)
    if newest is None:
        return None
    oldest = store.oldest(account) or newest
    first = max(request.days.first, reporting_day(oldest.taken_at, zone), EARLIEST_DAY)
    days = DayRange(first, request.days.last, zone)
    stamp = Stamp(single_line(request.name), newest, zone, request.now)
    earlier = compared_day(request.compare_with, stamp.day)
    compare_days = (stamp.day - earlier).days
    today = reporting_day(request.now, zone)
    since = compare_longest(store, newest, max((stamp.day - days.first).days, 1), zone)
    last_answer = store.newest(account, include_marked=True) or newest
    is_past = days.last < today or last_answer.taken_at > newest.taken_at
    judged = load_judged_change(store, newest, zone, compare_days)
    notes = tuple(load_notes(store, account, days.first, days.last))
    progress = load_progress(store, account, newest, zone, min(today, days.last))
    recent = compare_with_day(store, newest, earlier, zone)
    people: tuple[PeopleTable, ...] = ()
    if request.min_group_size is not None:
        from mimecast.reports.people.report_tables import load_people_tables

        people = load_people_tables(
            store,
            account,
            zone,
            then=recent.then.taken_at if isinstance(recent, Comparison) else None,
            now=newest.taken_at,
            min_group_size=request.min_group_size,
            with_movement=request.with_movement,
        )
    return Report(
        account=account,
        title=single_line(request.title) or DEFAULT_TITLE,
        stamp=stamp,
        days=days,
        compare_days=compare_days,
        since=compare_since_restart(store, since, zone) if since else None,
        recent=recent,
        timeline=load_timeline(store, account, days, finest=request.finest),
        mix=load_timeline(store, account, days, max_points=MAX_MIX_COLUMNS, finest=request.finest),
        slide_mix=load_timeline(store, account, days, max_points=MAX_SLIDE_COLUMNS, finest=request.finest),
        annotations=Annotations(
            tuple(note for note in notes if request.notes is None or note.id in request.notes),
            progress.target if progress else None,
            judged,
            load_band(store, newest, zone, judged),
            causes=load_causes(store, account, days),
        ),
        all_notes=notes,
        progress=progress,
        past_day=stamp.day if is_past else None,
        people=people,
    )


def compared_day(compare_with: int | date, last: date) -> date:
    """Return the day to compare with `last`: the one asked for, or the default when that is not before it."""
    earlier = last - timedelta(days=compare_with) if isinstance(compare_with, int) else compare_with
    return earlier if earlier < last else last - timedelta(days=DEFAULT_COMPARE_DAYS)


def source_text(snapshot: Snapshot) -> str:
    """Return where a snapshot came from, as tables show it."""
    texts = {
        Source.SAMPLE: SAMPLE_MARK,
        Source.SANDBOX: SAMPLE_MARK,
        Source.IMPORTED: "imported",
        Source.MIMECAST: "from Mimecast",
    }
    return texts[snapshot.source]
