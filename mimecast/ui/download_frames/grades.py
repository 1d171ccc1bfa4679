"""Grades of a day, of a comparison and of a history as data frames, and the CSV of exactly what a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from mimecast.domain.comparison import Comparison
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import GRADE_COLUMNS, Timeline
from mimecast.formatting import format_iso_utc
from mimecast.reports.exports.text_files import BOM
from mimecast.reports.formulas import escape_formula
from mimecast.reports.grade_table import grade_rows
from mimecast.text.changes import restart_sentence
from mimecast.text.glossary import DEFINITIONS
from mimecast.text.stamp import ComparedStamp, Stamp

if TYPE_CHECKING:
    import pandas as pd

CSV_DEFINITIONS: Final = " ".join(f"{term}: {meaning.partition('.')[0]}." for term, meaning in DEFINITIONS[:2])
"""`At risk: Users with grade D or F. Users graded: All users with a grade.`"""


def grades_frame(stamp: Stamp, comparison: Comparison | None) -> pd.DataFrame:
    """Return one row for each grade, then at risk, doing well and users graded.

    Columns: `account`, `source`, `taken_at`, `grade`, `users`, `share_percent`, and against the earlier snapshot (empty
    without one) `compared_with`, `users_then`, `share_then_percent`, `change_users`, `change_points`. Across a baseline
    restart there is also a `warning`.
    """
    then = format_iso_utc(comparison.then.taken_at) if comparison else None
    shared = {
        "account": stamp.newest.account,
        "source": stamp.source,
        "taken_at": format_iso_utc(stamp.newest.taken_at),
    }
    shared |= _warning(comparison)
    rows = [
        {
            **shared,
            "grade": row.name,
            "users": row.users,
            "share_percent": row.share,
            "compared_with": then,
            "users_then": row.users_then,
            "share_then_percent": row.share_then,
            "change_users": row.change_users,
            "change_points": row.change_points,
        }
        for row in grade_rows(stamp.newest.counts, comparison)
    ]
    return _typed(rows, ["users", "users_then", "change_users"])


def comparison_frame(stamp: ComparedStamp, comparison: Comparison) -> pd.DataFrame:
    """Return one row for each grade, then at risk, doing well and users graded.

    Where users graded changed by more than 5%, the two parts of the change in users at risk follow.

    Columns: `account`, `source`, `then_taken_at`, `now_taken_at`, `grade`, `users_then`, `users_now`,
    `net_change_users`, `share_then_percent`, `share_now_percent`, `net_change_points`. Across a baseline restart there
    is also a `warning`.
    """
    shared = {
        "account": comparison.now.account,
        "source": stamp.source,
        "then_taken_at": format_iso_utc(comparison.then.taken_at),
        "now_taken_at": format_iso_utc(comparison.now.taken_at),
    }
    shared |= _warning(comparison)
    rows: list[dict[str, Any]] = [
        {
            **shared,
            "grade": row.name,
            "users_then": row.users_then,
            "users_now": row.users,
            "net_change_users": row.change_users,
            "share_then_percent": row.share_then,
            "share_now_percent": row.share,
            "net_change_points": row.change_points,
        }
        for row in grade_rows(comparison.now.counts, comparison)
    ]
    if parts := comparison.parts:
        for name, users in (("headcount", parts.headcount), ("behaviour", parts.behaviour)):
            rows.append({**shared, "grade": f"at_risk_{name}_part", "net_change_users": users})
    return _typed(rows, ["users_then", "users_now", "net_change_users"])


def history_frame(timeline: Timeline, account: str) -> pd.DataFrame:
    """Return one row per period of the timeline, oldest first; a period without a snapshot is a row without numbers.

    Columns: `account`, `taken_at`, `a` to `f`, `other` as `export` has them, then `period`, `resolution`, `source`,
    `users_graded`, `at_risk`, `doing_well` (users), `at_risk_percent`, `doing_well_percent`.
    """
    snapshots, groups = timeline.snapshots, ("at_risk", "doing_well")
    rows = {
        "account": account,
        "taken_at": [format_iso_utc(snapshot.taken_at) if snapshot else "" for snapshot in snapshots],
        **{name.lower(): timeline.users(name) for name in GRADE_COLUMNS},
        "period": [str(period) for period in timeline.periods],
        "resolution": timeline.resolution.value,
        "source": [_source(snapshot) for snapshot in snapshots],
        **{name: timeline.users(name) for name in ("users_graded", *groups)},
        **{f"{name}_percent": timeline.shares(name) for name in groups},
    }
    return _typed(rows, [*map(str.lower, GRADE_COLUMNS), "users_graded", *groups])


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return UTF-8 CSV with a byte-order mark and a header; shares and points have two decimals. Text stays text.

    A last column, `definitions`, says in every row what at risk and users graded mean: there is no other place for it.
    """
    shown = frame.round(2).assign(definitions=CSV_DEFINITIONS)
    numbers = shown.select_dtypes("float")
    shown[numbers.columns] = numbers + 0.0  # no "-0.0"
    for column in shown.select_dtypes(["object", "str"]).columns:
        shown[column] = shown[column].map(escape_formula)
    return (BOM + shown.to_csv(index=False, lineterminator="\n")).encode()


def _warning(comparison: Comparison | None) -> dict[str, str]:
    """Return the column that warns of a baseline restart between the two snapshots; nothing without one."""
    restart = comparison.restart if comparison else None
    return {"warning": restart_sentence(restart)} if restart else {}


def _source(snapshot: Snapshot | None) -> str | None:
    """Return the source of a snapshot as a file names it; None in a gap."""
    if snapshot is None:
        return None
    return "SAMPLE DATA" if snapshot.source.is_made_up else snapshot.source.value


def _typed(rows: Sequence[dict[str, Any]] | dict[str, Any], counts: Sequence[str]) -> pd.DataFrame:
    import pandas as pd  # a page that only offers a table saves the 67 MiB of memory that pandas takes

    frame = pd.DataFrame(rows)
    floats = [name for name in frame.columns if name.endswith(("_percent", "_points"))]
    return frame.astype({**dict.fromkeys(counts, "Int64"), **dict.fromkeys(floats, "float64")})
