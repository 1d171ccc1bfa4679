"""Two snapshots side by side: net movement, which says how counts changed and never who moved where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scores import AT_RISK, DOING_WELL, GRADES, OTHER
from mimecast.domain.snapshot import Snapshot

MAX_LOOKBACK: Final = timedelta(days=7)
"""How much earlier than asked a snapshot may be and still stand for a day without one."""

HEADCOUNT_THRESHOLD: Final = Fraction(5, 100)
"""Beyond this change of users graded, a change in users at risk is split into headcount and behaviour."""

GRADE_GROUPS: Final = {"at_risk": AT_RISK, "doing_well": DOING_WELL}


@dataclass(frozen=True, slots=True)
class ChangeParts:
    """A change in users at risk: `headcount` + `behaviour` = `whole`, exactly.

    `headcount` is what users graded alone would have brought: the earlier share held at the later headcount
    (`at_earlier_share`
    users at risk). `behaviour` is the rest: the share itself changed.
    """

    whole: int
    headcount: int
    behaviour: int
    at_earlier_share: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`now` against an earlier snapshot `then`, with the reporting day of each."""

    now: Snapshot
    then: Snapshot
    now_day: date
    then_day: date

    @property
    def days(self) -> int:
        return (self.now_day - self.then_day).days

    @property
    def shown_grades(self) -> tuple[str, ...]:
        """The grades in order, with `other` last when somebody has such a grade, then or now."""
        return (*GRADES, OTHER) if self.then.counts.other or self.now.counts.other else GRADES

    @property
    def has_shares(self) -> bool:
        """Whether somebody was graded both then and now."""
        return self.then.counts.users_graded > 0 and self.now.counts.users_graded > 0

    def users(self, name: str) -> tuple[int, int]:
        """Users then and now with a grade (`A` to `F`, `other`), in a group (`at_risk`, `doing_well`) or graded."""
        return _users(self.then, name), _users(self.now, name)

    def shares(self, name: str) -> tuple[float | None, float | None]:
        """The same in percent of users graded; None where nobody was graded."""
        then, now = self.users(name)
        return self.then.counts.share(then), self.now.counts.share(now)

    def change_in_users(self, name: str) -> int:
        then, now = self.users(name)
        return now - then

    def change_in_points(self, name: str) -> float | None:
        """The change of the share of users graded, in percentage points; None where a share is undefined."""
        before, after = self.shares(name)
        return None if before is None or after is None else after - before

    @property
    def headcount_change(self) -> Fraction | None:
        """The change of users graded as a fraction of those then; None when there were none."""
        then, now = self.users("users_graded")
        return Fraction(now - then, then) if then else None

    @property
    def parts(self) -> ChangeParts | None:
        """How much of the change in users at risk is headcount, where users graded moved by more than 5 %."""
        moved = self.headcount_change
        if moved is None or abs(moved) <= HEADCOUNT_THRESHOLD:
            return None
        then, now = self.users("at_risk")
        at_earlier_share = round(then * (1 + moved))
        return ChangeParts(
            whole=now - then,
            headcount=at_earlier_share - then,
            behaviour=now - at_earlier_share,
            at_earlier_share=at_earlier_share,
        )


def compare(then: Snapshot | None, now: Snapshot, zone: ZoneInfo) -> Comparison | None:
    """`now` against `then`; None without an earlier snapshot, or with one of the same reporting day."""
    if then is None:
        return None
    then_day, now_day = reporting_day(then.taken_at, zone), reporting_day(now.taken_at, zone)
    return Comparison(now, then, now_day, then_day) if then_day < now_day else None


def _users(snapshot: Snapshot, name: str) -> int:
    counts = snapshot.counts
    if name == "users_graded":
        return counts.users_graded
    return sum(counts.users(grade) for grade in GRADE_GROUPS.get(name, (name,)))
