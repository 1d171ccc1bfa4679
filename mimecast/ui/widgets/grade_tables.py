"""Tables of grades, as HTML where they are small: nothing is loaded for them, and the browser prints them whole."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import Resolution
from mimecast.formatting import UNDEFINED, format_date, format_int, format_points, pluralize
from mimecast.reports.grade_table import GradeRow, grade_rows
from mimecast.text.changes import NET_CHANGES
from mimecast.text.grades import label_of
from mimecast.text.stamp import Stamp

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
    show_table(columns, alt=f"Users and share of users graded by grade{compared} on {format_date(stamp.day)}{change}.")
    if comparison:
        st.caption(f"{NET_CHANGES} Changes are computed before rounding.")


def show_history_table(frame: pd.DataFrame, resolution: Resolution) -> None:
    """Draw `history_frame`: its last rows at once, and all of them once they are asked for."""
    _last_periods(frame.tail(LAST_ROWS), resolution)
    if len(frame) > LAST_ROWS:
        with st.expander(f"All {pluralize(len(frame), resolution)}", key=ALL_ROWS_KEY, on_change="rerun") as expander:
            if expander.open:
                _every_period(frame, resolution)


def _last_periods(frame: pd.DataFrame, resolution: Resolution) -> None:
    """Draw what matters first, so that a phone shows it; the grades are reached by scrolling."""
    groups = {
        label_of(name): [
            _unbroken(GradeRow(name, int(users), None if pd.isna(share) else share).now_text)
            if not pd.isna(users)
            else UNDEFINED
            for users, share in zip(frame[name], frame[f"{name}_percent"], strict=True)
        ]
        for name in ("at_risk", "doing_well")
    }
    counts = {label_of("users_graded"): "users_graded", **{label: name for name, label in _grades(frame).items()}}
    columns = {
        _first_column(resolution): [format_date(date.fromisoformat(period)) for period in frame["period"]],
        **groups,
        **{label: [_count(users) for users in frame[name]] for label, name in counts.items()},
    }
    show_table(
        columns, alt=f"Users by grade for the last {pluralize(len(frame), resolution)} of the range.", scrolls=True
    )


def _every_period(frame: pd.DataFrame, resolution: Resolution) -> None:
    labels = _grades(frame)
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
    shown["period"] = pd.to_datetime(shown["period"]).dt.date
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


def _grades(frame: pd.DataFrame) -> dict[str, str]:
    """Return the labels of the grade columns; `other` only where a user has such a grade."""
    grades = {"a": "A", "b": "B", "c": "C", "d": "D", "f": "F"}
    return grades | ({"other": "Other"} if frame["other"].sum() else {})


def _first_column(resolution: Resolution) -> str:
    return "Day" if resolution is Resolution.DAY else f"{resolution.capitalize()} from"


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


def _count(users: float) -> str:
    return UNDEFINED if pd.isna(users) else format_int(int(users))
