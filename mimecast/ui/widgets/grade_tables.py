"""Tables of grades, as HTML where they are small: nothing is loaded for them, and the browser prints them whole."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.scores import grades_with_other
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.timeline import Timeline
from mimecast.formatting import UNDEFINED, format_date, format_int, format_points, pluralize
from mimecast.reports.grade_table import GradeRow, grade_rows
from mimecast.text.changes import NET_CHANGES
from mimecast.text.grades import label_of
from mimecast.text.stamp import Stamp

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

LAST_ROWS: Final = 7
"""Rows of History that are drawn at once. Streamlit's table of any size need not be loaded for them."""

ALL_ROWS_KEY: Final = "history_rows"
"""Key of the expander with all rows."""


MAX_STYLED_ROWS: Final = 100
"""Rows up to which points have the minus sign U+2212. A Styler takes 0.1 s of each run for 500 rows, so longer tables
have Streamlit's own number format, whose only minus is the ASCII one.
"""


def show_grades_table(stamp: Stamp, comparison: Comparison | None) -> None:
    """Draw each grade and group, with the earlier day and the change where there is something to compare with."""
    rows = grade_rows(stamp.newest.counts, comparison)
    columns: dict[str, Sequence[str]] = {"Grade": [row.label for row in rows]}
    if comparison:
        columns[format_date(comparison.then_day)] = [_unbroken(row.then_text) for row in rows]
    columns[format_date(stamp.day)] = [_unbroken(row.now_text) for row in rows]
    if comparison:
        columns["Change"] = [_unbroken(row.change_text) for row in rows]
    compared = f" on {format_date(comparison.then_day)} and" if comparison else ""
    change = ", and the net change" if comparison else ""
    show_table(
        columns, alt=f"Users, and share of users graded, by grade{compared} on {format_date(stamp.day)}{change}."
    )
    if comparison:
        st.caption(f"{NET_CHANGES} Changes are computed before rounding.")


def show_history_table(timeline: Timeline, make_frame: Callable[[], pd.DataFrame]) -> None:
    """Draw the last periods at once, and `history_frame` with all of them once they are asked for."""
    _last_periods(timeline)
    periods = len(timeline.periods)
    if periods > LAST_ROWS:
        label = f"All {pluralize(periods, timeline.resolution)}"
        with st.expander(label, key=ALL_ROWS_KEY, on_change="rerun") as expander:
            if expander.open:
                _every_period(make_frame(), timeline)


def _last_periods(timeline: Timeline) -> None:
    """Draw what matters first, so that a phone shows it; the grades are reached by scrolling."""
    periods, snapshots = timeline.periods[-LAST_ROWS:], timeline.snapshots[-LAST_ROWS:]
    grades = grades_with_other(*(snapshot.counts for snapshot in snapshots if snapshot))
    names = ("at_risk", "doing_well", "users_graded", *grades)
    columns = {
        _first_column(timeline.resolution): [format_date(period) for period in periods],
        **{label_of(name): [_cell(snapshot, name) for snapshot in snapshots] for name in names},
    }
    alt = f"Users by grade for the last {pluralize(len(periods), timeline.resolution)} of the range."
    show_table(columns, alt=alt, scrolls=True)


def _cell(snapshot: Snapshot | None, name: str) -> str:
    """Return the users of a grade, or of a group with their share; a dash in a gap."""
    if snapshot is None:
        return UNDEFINED
    row = GradeRow(name, snapshot.counts.users(name), snapshot.counts.share_of(name))
    return _unbroken(row.now_text) if row.is_group else format_int(row.users)


def _every_period(frame: pd.DataFrame, timeline: Timeline) -> None:
    labels, resolution = {name.lower(): label_of(name) for name in timeline.shown_grades}, timeline.resolution
    shown = (
        frame[["period", *labels]]
        .rename(columns=labels)
        .assign(
            **{
                "Users graded": frame["users_graded"],
                "At risk": frame["at_risk"],
                "At risk, share": frame["at_risk_percent"],
                "Doing well, share": frame["doing_well_percent"],
            }
        )
    )
    shares = ("At risk, share", "Doing well, share")
    counts = [column for column in shown.columns if column not in ("period", *shares)]
    shown["period"] = list(timeline.periods)
    st.dataframe(
        shown,
        hide_index=True,
        placeholder=UNDEFINED,
        column_config={
            "period": st.column_config.DateColumn(_first_column(resolution), format="D MMM YYYY", pinned=True),
            **{name: st.column_config.NumberColumn(format="localized") for name in counts},
            **{name: st.column_config.NumberColumn(format="%.1f%%") for name in shares},
        },
        alt=f"Users by grade for each {resolution} of the range, oldest first.",
    )


def _first_column(resolution: Resolution) -> str:
    return "Day" if resolution is Resolution.DAY else f"{resolution.capitalize()} starting"


def show_table(columns: Mapping[str, Sequence[str]], *, alt: str, scrolls: bool = False) -> None:
    """Draw a table. Where it is too wide its cells wrap, or it `scrolls`, with the keyboard too."""
    heads = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>{"".join(f"<td>{html.escape(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in zip(*columns.values(), strict=True)
    )
    label = html.escape(alt)
    table = f'<table class="numbers" aria-label="{label}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    scroller = f'<div class="scrolling" role="group" tabindex="0" aria-label="{label}">'
    st.html(f"{scroller}{table}</div>" if scrolls else table)


def signed_points(frame: pd.DataFrame, *columns: str) -> pd.DataFrame | Styler:
    """Return a frame for `st.dataframe` whose `columns` read `−0.8 points`, and are still sorted as numbers.

    Their configuration takes `points_format`. `st.dataframe` shows the text of a Styler where a column has no format.
    """

    def text(change: object) -> str:
        return format_points(change) if isinstance(change, float) else UNDEFINED

    if len(frame) > MAX_STYLED_ROWS:
        return frame
    return frame.style.format(text, subset=list(columns), na_rep=UNDEFINED)


def points_format(frame: pd.DataFrame) -> str | None:
    """Return the format of a column of `signed_points`: none, except where the frame is too long for texts."""
    return "%+.1f points" if len(frame) > MAX_STYLED_ROWS else None


def _unbroken(text: str) -> str:
    """Keep a number and its unit on one line."""
    return text.replace(" points", "\u00a0points")
