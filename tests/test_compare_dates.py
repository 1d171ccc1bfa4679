"""Which two snapshots are compared: those the URL asks for, or others, which a sentence explains."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from mimecast.ui.widgets.compare_dates import PRESET_LABELS, PickedComparison, pick_comparison, preset_day
from tests.support.clock import NOW, TODAY

ZONE = ZoneInfo("UTC")


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def pick(store: Store, days_ago: list[int], params: dict[str, str]) -> PickedComparison:
    """Pick a comparison in a store with a snapshot on each of the days."""
    taken = [Snapshot("contoso", NOW - timedelta(days=days), ScoreCounts(days + 1)) for days in sorted(days_ago)]
    store.add(taken)
    return pick_comparison(store, params, taken[-1], taken[0], TODAY, ZONE)


def compared(picked: PickedComparison) -> tuple[int, int] | None:
    """Return how many days ago the two snapshots were taken."""
    if picked.comparison is None:
        return None
    days = ((TODAY - day).days for day in (picked.comparison.then_day, picked.comparison.now_day))
    then, now = days
    return then, now


DAILY = list(range(100))
HOLES = [0, 1, 2, 30, 33, 60, 61, 90]


@pytest.mark.parametrize(
    ("stored", "params", "expected", "remark"),
    [
        (DAILY, {}, (30, 0), ""),
        (DAILY, {"from": ago(90), "to": ago(7)}, (90, 7), ""),
        (DAILY, {"from": ago(50)}, (50, 0), ""),
        (DAILY, {"to": ago(10)}, (40, 10), ""),
        (DAILY, {"range": "90d", "account": "contoso"}, (30, 0), ""),
        (
            HOLES,
            {"from": ago(32), "to": ago(1)},
            (33, 1),
            "23 Oct 2026 has no snapshot; the last one before it, from 22 Oct 2026, is used.",
        ),
        (
            HOLES,
            {"from": ago(90), "to": ago(57)},
            (90, 60),
            "28 Sep 2026 has no snapshot; the last one before it, from 25 Sep 2026, is used.",
        ),
        ([0, 1, 9], {}, (9, 0), "There is no snapshot from 30 days earlier; the first one is used instead."),
        (
            [0, 1, 40],
            {},
            None,
            "There is no snapshot from 30 days earlier (25 Oct 2026) or the 7 days before. Pick another day.",
        ),
        ([0], {}, None, ""),
    ],
)
def test_a_day_without_a_snapshot_is_replaced_by_the_last_one_before_it(
    store: Store, stored: list[int], params: dict[str, str], expected: tuple[int, int] | None, remark: str
) -> None:
    picked = pick(store, stored, params)
    assert compared(picked) == expected
    assert (picked.complaint, picked.remark) == ("", remark)


@pytest.mark.parametrize(
    ("stored", "params", "complaint", "expected"),
    [
        (DAILY, {"from": ago(1), "to": ago(2)}, "ends (2026-11-22) before it begins (2026-11-23)", (30, 0)),
        (DAILY, {"from": "yesterday"}, "from=yesterday, which is not a date", (30, 0)),
        (DAILY, {"to": "2027-01-01"}, "to=2027-01-01, which is not a date between 2010-01-01 and 2026-11-24", (30, 0)),
        (DAILY, {"from": ago(3), "to": ago(3)}, "asks to compare 21 Nov 2026 with itself", (30, 0)),
        (
            DAILY,
            {"from": ago(200)},
            "There is no snapshot on 8 May 2026 or in the 7 days before (the first one is from 17 Aug 2026)",
            (30, 0),
        ),
        (HOLES, {"from": ago(45)}, "There is no snapshot on 10 Oct 2026 or in the 7 days before", (30, 0)),
        (HOLES, {"from": ago(90), "to": ago(20)}, "There is no snapshot on 4 Nov 2026 or in the 7 days", (30, 0)),
        (HOLES, {"from": ago(58), "to": ago(57)}, "The only snapshot for both dates is from 25 Sep 2026", (30, 0)),
        (DAILY, {"from": ago(200), "to": ago(20)}, "There is no snapshot on 8 May 2026", (50, 20)),
    ],
)
def test_where_a_comparison_cannot_be_had_the_reason_is_given_and_30_days_are_compared(
    store: Store, stored: list[int], params: dict[str, str], complaint: str, expected: tuple[int, int]
) -> None:
    picked = pick(store, stored, params)
    assert complaint in picked.complaint
    assert picked.complaint.endswith("; the day 30 days earlier is used instead.")
    assert compared(picked) == expected


def test_the_reporting_zone_decides_which_snapshot_represents_a_date(store: Store) -> None:
    late = Snapshot("contoso", NOW.replace(hour=23) - timedelta(days=31), ScoreCounts(1))
    store.add([late, Snapshot("contoso", NOW, ScoreCounts(2))])
    newest = store.newest("contoso")
    assert newest is not None
    in_tokyo = pick_comparison(store, {}, late, newest, TODAY, ZoneInfo("Asia/Tokyo"))
    assert in_tokyo.comparison is not None
    assert in_tokyo.comparison.then_day == TODAY - timedelta(days=30)


def test_presets_give_a_day_before_the_later_date() -> None:
    assert [preset_day(date(2026, 11, 24), preset) for preset in PRESET_LABELS] == [
        date(2026, 11, 17),
        date(2026, 10, 25),
        date(2026, 8, 26),
        date(2025, 11, 24),
        date(2026, 1, 1),
    ]
    assert preset_day(date(2028, 2, 29), "year") == date(2027, 2, 28)
    with pytest.raises(ValueError, match="fortnight"):
        preset_day(TODAY, "fortnight")
