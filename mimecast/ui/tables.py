"""The figures as tables."""

from __future__ import annotations

import html
from typing import Final

import pandas as pd
import streamlit as st

from mimecast.figures.stamp import Stamp
from mimecast.history.comparison import Comparison
from mimecast.history.timeline import Resolution
from mimecast.wording import UNDEFINED, day, number, percent, points, signed

NAMES = {"at_risk": "At risk (D + F)", "doing_well": "Doing well (A + B)", "users_graded": "Users graded"}

TABLE_STYLE: Final = """
.numbers { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.875rem; }
.numbers :is(th, td) {
  padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  text-align: right; font-weight: 400;
}
.numbers :is(th, td):first-child { text-align: left; }
.numbers thead th { font-size: 0.8125rem; opacity: 0.75; }
.numbers tbody th { font-weight: 600; }
"""
"""Of every table that is drawn here as HTML, in the colours of the theme; part of the page from its start."""

NET_MOVEMENT = "Changes are net movement: counts do not say who moved from which grade to which."


def grades_table(frame: pd.DataFrame, stamp: Stamp, comparison: Comparison | None) -> None:
    """The rows of `grades_frame`: each grade and group now, and earlier where there is something to compare with."""
    columns = {
        "Grade": [NAMES.get(name, name) for name in frame["grade"]],
        day(stamp.day): _pairs(frame["users"].map(number), frame["share_percent"].map(_percent)),
    }
    if comparison:
        columns[day(comparison.then_day)] = _pairs(
            frame["users_then"].map(number), frame["share_then_percent"].map(_percent)
        )
        columns["Change"] = _pairs(frame["change_users"].map(signed), frame["change_points"].map(_points))
    said = "Users and share of users graded by grade" + (", now and earlier, and the change" if comparison else "")
    _table(columns, alt=f"{said}.")
    if comparison:
        st.caption(NET_MOVEMENT)


def comparison_table(frame: pd.DataFrame, comparison: Comparison) -> None:
    """The rows of `comparison_frame` that compare: each grade and group, then and now, and its net change."""
    rows = frame[frame["users_then"].notna()]
    then, now = day(comparison.then_day), day(comparison.now_day)
    columns = {
        "Grade": [NAMES.get(name, name) for name in rows["grade"]],
        then: _pairs(rows["users_then"].map(number), rows["share_then_percent"].map(_percent)),
        now: _pairs(rows["users_now"].map(number), rows["share_now_percent"].map(_percent)),
        "Net change": _pairs(rows["net_change_users"].map(signed), rows["net_change_points"].map(_points)),
    }
    said = f"Users and share of users graded by grade on {then} and on {now}, and the net change"
    _table(columns, alt=f"{said}.")
    st.caption(NET_MOVEMENT)


def history_table(frame: pd.DataFrame, resolution: Resolution) -> None:
    """The rows of `history_frame`: every period, newest first."""
    names = {"a": "A", "b": "B", "c": "C", "d": "D", "f": "F"}
    shown = frame[["period", *names, *(["other"] if frame["other"].sum() else [])]].rename(columns=names)
    shown = shown.assign(
        **{
            "Users graded": frame["users_graded"],
            "At risk": frame["at_risk"],
            "At risk, share": frame["at_risk_percent"],
            "Doing well, share": frame["doing_well_percent"],
        }
    )
    first = "Day" if resolution is Resolution.DAY else f"{resolution.capitalize()} from"
    counts = [column for column in shown.columns if column not in ("period", "At risk, share", "Doing well, share")]
    shown["period"] = pd.to_datetime(shown["period"]).dt.date
    st.dataframe(
        shown,
        hide_index=True,
        placeholder=UNDEFINED,
        column_config={
            "period": st.column_config.DateColumn(first, format="D MMM YYYY", pinned=True),
            **{name: st.column_config.NumberColumn(format="localized") for name in counts},
            **{
                name: st.column_config.NumberColumn(format="%.1f %%")
                for name in ("At risk, share", "Doing well, share")
            },
        },
        alt=f"Users by grade for each {resolution} of the range, newest first.",
    )


def _table(columns: dict[str, list[str]], *, alt: str) -> None:
    """A few rows as plain HTML: nothing has to be loaded for it, and the browser prints it whole."""
    heads = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>{"".join(f"<td>{html.escape(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in zip(*columns.values(), strict=True)
    )
    st.html(
        f'<table class="numbers" aria-label="{html.escape(alt)}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _pairs(users: pd.Series[str], shares: pd.Series[str]) -> list[str]:
    """`525 (43.6 %)`: a count and its share stand together."""
    return [
        f"{count} ({share})".replace(" %", "\u00a0%").replace(" points", "\u00a0points")
        for count, share in zip(users, shares, strict=True)
    ]


def _percent(share: float) -> str:
    return percent(None if pd.isna(share) else share)


def _points(change: float) -> str:
    return points(None if pd.isna(change) else change)
