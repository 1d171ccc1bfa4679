"""What a page shows, as a table and as the CSV of exactly that."""

from __future__ import annotations

from typing import Final

import pandas as pd

from mimecast.domain.comparison import Comparison
from mimecast.domain.scores import share
from mimecast.domain.timeline import Timeline
from mimecast.formatting import format_iso_utc
from mimecast.text.glossary import DEFINITIONS
from mimecast.text.stamp import ComparedStamp, Stamp

FORMULA_PREFIXES: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""

CSV_DEFINITIONS: Final = " ".join(f"{term}: {meaning.partition('.')[0]}." for term, meaning in DEFINITIONS[:2])
"""`At risk: Users with grade D or F. Users graded: Everybody with a grade.`"""

GROUPS = ("at_risk", "doing_well", "users_graded")


def grades_frame(stamp: Stamp, comparison: Comparison | None) -> pd.DataFrame:
    """One row for each grade, then at risk, doing well and users graded.

    Columns: `account`, `source`, `taken_at`, `grade`, `users`, `share_percent`, and against the earlier snapshot (empty
    without one) `compared_with`, `users_then`, `share_then_percent`, `change_users`, `change_points`.
    """
    counts = stamp.newest.counts
    totals = {"at_risk": counts.at_risk, "doing_well": counts.doing_well, "users_graded": counts.users_graded}
    rows = []
    for name in (*counts.shown_grades, *GROUPS):
        users = totals[name] if name in totals else counts.users(name)
        row = {
            "account": stamp.newest.account,
            "source": stamp.source,
            "taken_at": format_iso_utc(stamp.newest.taken_at),
            "grade": name,
            "users": users,
            "share_percent": counts.share(users),
        }
        if comparison:
            then, _ = comparison.users(name)
            row |= {
                "compared_with": format_iso_utc(comparison.then.taken_at),
                "users_then": then,
                "share_then_percent": share(then, comparison.then.counts.users_graded),
                "change_users": comparison.change_in_users(name),
                "change_points": comparison.change_in_points(name),
            }
        rows.append(row)
    columns = ["account", "source", "taken_at", "grade", "users", "share_percent"]
    compared = ["compared_with", "users_then", "share_then_percent", "change_users", "change_points"]
    return pd.DataFrame(rows, columns=[*columns, *compared])


def comparison_frame(stamp: ComparedStamp, comparison: Comparison) -> pd.DataFrame:
    """One row for each grade, then at risk, doing well and users graded; then, where users graded moved by more than
    5 %, the two parts of the change in users at risk.

    Columns: `account`, `source`, `then_taken_at`, `now_taken_at`, `grade`, `users_then`, `users_now`,
    `net_change_users`, `share_then_percent`, `share_now_percent`, `net_change_points`.
    """
    same = {
        "account": comparison.now.account,
        "source": stamp.source,
        "then_taken_at": format_iso_utc(comparison.then.taken_at),
        "now_taken_at": format_iso_utc(comparison.now.taken_at),
    }
    rows: list[dict[str, object]] = []
    for name in (*comparison.shown_grades, *GROUPS):
        (then, now), (before, after) = comparison.users(name), comparison.shares(name)
        rows.append(
            {
                **same,
                "grade": name,
                "users_then": then,
                "users_now": now,
                "net_change_users": now - then,
                "share_then_percent": before,
                "share_now_percent": after,
                "net_change_points": comparison.change_in_points(name),
            }
        )
    if parts := comparison.parts:
        for name, users in (("headcount", parts.headcount), ("behaviour", parts.behaviour)):
            rows.append({**same, "grade": f"at_risk_{name}_part", "net_change_users": users})
    frame = pd.DataFrame(rows)
    counts = ["users_then", "users_now", "net_change_users"]
    shares = ["share_then_percent", "share_now_percent", "net_change_points"]
    return frame.astype({**dict.fromkeys(counts, "Int64"), **dict.fromkeys(shares, "float64")})


def history_frame(timeline: Timeline, account: str) -> pd.DataFrame:
    """One row a period of the timeline, newest first; a period without a snapshot is a row without numbers.

    Columns: `account`, `taken_at`, `a` to `f`, `other` as `export` has them, then `period`, `resolution`, `source`,
    `users_graded`, `at_risk`, `doing_well` (users), `at_risk_percent`, `doing_well_percent`.
    """
    users, shares = timeline.users, timeline.shares
    frame = pd.DataFrame(
        {
            "account": account,
            "taken_at": [format_iso_utc(at) if not pd.isna(at) else "" for at in users["taken_at"]],
            **{name.lower(): users[name].astype("Int64") for name in ("A", "B", "C", "D", "F", "other")},
            "period": [str(label.date()) for label in users.index],
            "resolution": timeline.resolution.value,
            "source": ["SAMPLE DATA" if source == "sample" else source for source in users["source"]],
            **{name: users[name].astype("Int64") for name in ("users_graded", "at_risk", "doing_well")},
            **{f"{name}_percent": shares[name] for name in ("at_risk", "doing_well")},
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV with a header and no index; shares and points with two decimals. Text stays text in a spreadsheet.

    A last column, `definitions`, says in every row what at risk and users graded mean: there is no other place for it.
    """
    shown = frame.round(2).assign(definitions=CSV_DEFINITIONS)
    numbers = shown.select_dtypes("float")
    shown[numbers.columns] = numbers + 0.0  # no "-0.0"
    for column in shown.select_dtypes(["object", "str"]).columns:
        shown[column] = shown[column].map(escape_formula)
    return shown.to_csv(index=False, lineterminator="\n").encode()


def escape_formula(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; everything else is as it was."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_PREFIXES) else value
