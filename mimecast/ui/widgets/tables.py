"""The figures as tables."""

from __future__ import annotations

import html
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import Resolution
from mimecast.formatting import (
    UNDEFINED,
    format_date,
    format_int,
    format_percent,
    format_points,
    format_signed,
    pluralize,
)
from mimecast.text.stamp import Stamp

GROUP_LABELS = {"at_risk": "At risk (D + F)", "doing_well": "Doing well (A + B)", "users_graded": "Users graded"}

NEWEST_ROWS: Final = 7
"""Rows of History that are drawn at once: the code of Streamlit's table of any size is not loaded for them."""

ALL_ROWS_KEY: Final = "history_rows"
"""Whether all rows are shown; in the session's state."""

TABLE_STYLE: Final = """
.numbers { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.875rem; }
.numbers :is(th, td) {
  padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  text-align: right; font-weight: 400;
}
.numbers :is(th, td):first-child { text-align: left; }
.scrolling { overflow-x: auto; }
.scrolling .numbers :is(th, td) { white-space: nowrap; }
.numbers thead th { font-size: 0.8125rem; opacity: 0.75; }
.numbers tbody th { font-weight: 600; }
"""
"""Of every table that is drawn here as HTML, in the colours of the theme; part of the page from its start."""

NET_MOVEMENT = "Changes are net movement: counts do not say who moved from which grade to which."


def show_grades_table(frame: pd.DataFrame, stamp: Stamp, comparison: Comparison | None) -> None:
    """The rows of `grades_frame`: each grade and group now, and earlier where there is something to compare with."""
    columns = {
        "Grade": [GROUP_LABELS.get(name, name) for name in frame["grade"]],
        format_date(stamp.day): _pairs(frame["users"].map(format_int), frame["share_percent"].map(_percent)),
    }
    if comparison:
        columns[format_date(comparison.then_day)] = _pairs(
            frame["users_then"].map(format_int), frame["share_then_percent"].map(_percent)
        )
        columns["Change"] = _pairs(frame["change_users"].map(format_signed), frame["change_points"].map(_points))
    said = "Users and share of users graded by grade" + (", now and earlier, and the change" if comparison else "")
    _table(columns, alt=f"{said}.")
    if comparison:
        st.caption(NET_MOVEMENT)


def show_comparison_table(frame: pd.DataFrame, comparison: Comparison) -> None:
    """The rows of `comparison_frame` that compare: each grade and group, then and now, and its net change."""
    rows = frame[frame["users_then"].notna()]
    then, now = format_date(comparison.then_day), format_date(comparison.now_day)
    columns = {
        "Grade": [GROUP_LABELS.get(name, name) for name in rows["grade"]],
        then: _pairs(rows["users_then"].map(format_int), rows["share_then_percent"].map(_percent)),
        now: _pairs(rows["users_now"].map(format_int), rows["share_now_percent"].map(_percent)),
        "Net change": _pairs(rows["net_change_users"].map(format_signed), rows["net_change_points"].map(_points)),
    }
    said = f"Users and share of users graded by grade on {then} and on {now}, and the net change"
    _table(columns, alt=f"{said}.")
    st.caption(NET_MOVEMENT)


def show_history_table(frame: pd.DataFrame, resolution: Resolution) -> None:
    """The rows of `history_frame`, newest first: the first few at once, and all of them once they are asked for."""
    _newest_periods(frame.head(NEWEST_ROWS), resolution)
    if len(frame) > NEWEST_ROWS:
        with st.expander(f"All {pluralize(len(frame), resolution)}", key=ALL_ROWS_KEY, on_change="rerun") as place:
            if place.open:
                _every_period(frame, resolution)


def _newest_periods(frame: pd.DataFrame, resolution: Resolution) -> None:
    """What counts first, so that a telephone shows it; grades are scrolled to there."""
    counts = {"users_graded": GROUP_LABELS["users_graded"], **_grades(frame)}
    columns = {
        _first_column(resolution): [format_date(date.fromisoformat(period)) for period in frame["period"]],
        **{
            GROUP_LABELS[name]: _pairs(frame[name].map(_count), frame[f"{name}_percent"].map(_percent))
            for name in ("at_risk", "doing_well")
        },
        **{name: frame[column].map(_count).tolist() for column, name in counts.items()},
    }
    _table(
        columns, alt=f"Users by grade for the newest {pluralize(len(frame), resolution)} of the range.", scrolls=True
    )


def _every_period(frame: pd.DataFrame, resolution: Resolution) -> None:
    names = _grades(frame)
    shown = frame[["period", *names]].rename(columns=names)
    shown = shown.assign(
        **{
            "Users graded": frame["users_graded"],
            "At risk": frame["at_risk"],
            "At risk, share": frame["at_risk_percent"],
            "Doing well, share": frame["doing_well_percent"],
        }
    )
    counts = [column for column in shown.columns if column not in ("period", "At risk, share", "Doing well, share")]
    shown["period"] = pd.to_datetime(shown["period"]).dt.date
    st.dataframe(
        shown,
        hide_index=True,
        placeholder=UNDEFINED,
        column_config={
            "period": st.column_config.DateColumn(_first_column(resolution), format="D MMM YYYY", pinned=True),
            **{name: st.column_config.NumberColumn(format="localized") for name in counts},
            **{
                name: st.column_config.NumberColumn(format="%.1f %%")
                for name in ("At risk, share", "Doing well, share")
            },
        },
        alt=f"Users by grade for each {resolution} of the range, newest first.",
    )


def _grades(frame: pd.DataFrame) -> dict[str, str]:
    """The columns of grades, and what they are called; grades that nobody knows only where there are some."""
    return {"a": "A", "b": "B", "c": "C", "d": "D", "f": "F"} | ({"other": "Other"} if frame["other"].sum() else {})


def _first_column(resolution: Resolution) -> str:
    return "Day" if resolution is Resolution.DAY else f"{resolution.capitalize()} from"


def _table(columns: dict[str, list[str]], *, alt: str, scrolls: bool = False) -> None:
    """A few rows as plain HTML: nothing has to be loaded for it, and the browser prints it whole. Where it is too wide
    its cells wrap, or it `scrolls`, with the keyboard too."""
    heads = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>{"".join(f"<td>{html.escape(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in zip(*columns.values(), strict=True)
    )
    said = html.escape(alt)
    table = f'<table class="numbers" aria-label="{said}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    around = f'<div class="scrolling" role="group" tabindex="0" aria-label="{said}">'
    st.html(f"{around}{table}</div>" if scrolls else table)


def _pairs(users: pd.Series[str], shares: pd.Series[str]) -> list[str]:
    """`525 (43.6 %)`: a count and its share stand together."""
    return [
        f"{count} ({share})".replace(" %", "\u00a0%").replace(" points", "\u00a0points")
        for count, share in zip(users, shares, strict=True)
    ]


def _count(users: float) -> str:
    return UNDEFINED if pd.isna(users) else format_int(int(users))


def _percent(share: float) -> str:
    return format_percent(None if pd.isna(share) else share)


def _points(change: float) -> str:
    return format_points(None if pd.isna(change) else change)
