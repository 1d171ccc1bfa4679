"""The stamp: whose numbers these are, when they were true, of how many users, and where they came from.

It is inside every figure, so that it survives when a reader crops a screenshot.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_datetime, join_and, pluralize

LIVE_DURATION: Final = timedelta(minutes=10)
"""How long after it was taken a snapshot from Mimecast is called live."""

MAX_LINE_CHARS: Final = 52
"""Characters that fit in a line of the stamp in a chart on a phone."""

SAMPLE_MARK: Final = "SAMPLE DATA"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Provenance of everything drawn from one account up to its newest snapshot."""

    account_name: str
    newest: Snapshot
    zone: ZoneInfo
    now: datetime

    @property
    def day(self) -> date:
        """The reporting day of the newest snapshot."""
        return reporting_day(self.newest.taken_at, self.zone)

    @property
    def source(self) -> str:
        """`live from Mimecast`, `stored, from Mimecast`, `imported` or `SAMPLE DATA`."""
        return _source(self.newest, self.now)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts in reading order, without the name of an account that has none."""
        return (
            *([self.account_name] if self.account_name else []),
            format_datetime(self.newest.taken_at, self.zone),
            f"{pluralize(self.newest.counts.users_graded, 'user')} graded",
            self.source,
        )

    @property
    def text(self) -> str:
        """One line: `Contoso · 24 Nov 2026, 03:00 UTC · 1,204 users graded · stored, from Mimecast`."""
        return " · ".join(self.parts)

    @property
    def lines(self) -> list[str]:
        """The text, broken between its parts where possible, to fit a narrow chart."""
        return _lines(self.parts)


@dataclass(frozen=True, slots=True)
class ComparedStamp(Stamp):
    """Provenance of everything drawn from two snapshots: `then` and `newest`, the later of the two."""

    then: Snapshot

    @property
    def source(self) -> str:
        """The origins of both snapshots, when they differ: `imported and stored, from Mimecast`."""
        return join_and(list(dict.fromkeys(_source(snapshot, self.now) for snapshot in (self.then, self.newest))))

    @property
    def parts(self) -> tuple[str, ...]:
        """The account, both snapshots with their users graded, and the source."""
        return (self.account_name, *(self._of(snapshot) for snapshot in (self.then, self.newest)), self.source)

    def _of(self, snapshot: Snapshot) -> str:
        graded = pluralize(snapshot.counts.users_graded, "user")
        return f"{format_datetime(snapshot.taken_at, self.zone)}, {graded} graded"


@dataclass(frozen=True, slots=True)
class AccountsStamp:
    """Provenance of what is drawn from several accounts: one or more stamps, one per account."""

    stamps: tuple[Stamp, ...]

    @property
    def users_graded(self) -> int:
        """Their sum."""
        return sum(stamp.newest.counts.users_graded for stamp in self.stamps)

    @property
    def instants(self) -> str:
        """`taken on 24 Nov 2026, 03:00 UTC`, or `taken between 20 Nov 2026, 03:00 UTC and ...` where they differ."""
        taken, zone = [stamp.newest.taken_at for stamp in self.stamps], self.stamps[0].zone
        first, last = format_datetime(min(taken), zone), format_datetime(max(taken), zone)
        return f"taken on {last}" if first == last else f"taken between {first} and {last}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The number of accounts, when their snapshots were taken, the users graded in all, and the sources."""
        sources = dict.fromkeys(stamp.source for stamp in self.stamps)
        return (
            pluralize(len(self.stamps), "account"),
            f"newest {'snapshot' if len(self.stamps) == 1 else 'snapshots'} {self.instants}",
            f"{pluralize(self.users_graded, 'user')} graded in all",
            *sources,
        )

    @property
    def lines(self) -> list[str]:
        """The parts, broken into lines for the footer of a slide."""
        return _lines(self.parts)


def _lines(parts: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 3 <= MAX_LINE_CHARS:
            lines[-1] += f" · {part}"
        else:
            lines += textwrap.wrap(part, MAX_LINE_CHARS) or [""]
    return lines


def _source(snapshot: Snapshot, now: datetime) -> str:
    match snapshot.source:
        case Source.SAMPLE | Source.SANDBOX:
            return SAMPLE_MARK
        case Source.IMPORTED:
            return "imported"
        case Source.MIMECAST:
            return "live from Mimecast" if now - snapshot.taken_at < LIVE_DURATION else "stored, from Mimecast"
