"""Small multiples: the share at risk of several accounts, side by side on common axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout, escape_plotly
from mimecast.charts.time_axis import time_axis
from mimecast.domain.account_status import WeeklyLevels, week_ends
from mimecast.domain.snapshot import RiskLevel
from mimecast.formatting import format_date, format_int, format_percent, pluralize
from mimecast.palette import AT_RISK_LINE, GAP_FILL
from mimecast.text.stamp import AccountsStamp, Stamp

TITLE: Final = "Share of users at risk (D + F) by account"

MAX_PANELS: Final = 12
"""Accounts in one figure. More would be unreadable, and slow to draw."""

COLUMNS: Final = 2

PANEL_HEIGHT: Final = 104
"""Height of a panel with its name, in pixels."""

NAME_SHARE: Final = 0.32
"""Part of its height that a panel leaves to the name above it."""

PANEL_GAP: Final = 0.06
"""Part of the figure's width between two panels."""

MAX_NAME_CHARS: Final = 22
"""Characters of a name above a panel that a phone has room for."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What is drawn of one account."""

    name: str
    weeks: WeeklyLevels
    stamp: Stamp

    @property
    def has_share(self) -> bool:
        """Whether a share at risk is known in any of the weeks."""
        return any(share is not None for share in self.weeks.shares)


def accounts_chart(panels: Sequence[Panel], today: date, *, file_name: str) -> Chart:
    """Draw the weekly shares of up to `MAX_PANELS` accounts, one panel each, from zero to a common height.

    Lines are broken where a week has no share. There is at least one panel, and each has a share.
    """
    ends = week_ends(today)
    highest = max(share for panel in panels for share in panel.weeks.shares if share is not None)
    rows = -(-len(panels) // COLUMNS)
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    traces = []
    for index, panel in enumerate(panels):
        axis = str(index + 1) if index else ""
        traces.append(_line(panel.weeks, ends, axis))
        layout |= _axes(index, rows, len(panels), ends, max(highest * 1.1, 1.0))
        layout["annotations"].append(_name(panel, axis))
        layout["shapes"] += _gaps(panel.weeks, ends, axis)
    figure = go.Figure({"data": traces, "layout": layout})  # one step: adding piece by piece takes ten times as long
    stamp = AccountsStamp(tuple(panel.stamp for panel in panels))
    apply_layout(figure, title=TITLE, stamp=stamp, height=PANEL_HEIGHT * rows, margin={"t": 44})
    return Chart(figure, _alt(panels, ends), file_name)


def _axes(index: int, rows: int, panels: int, ends: list[date], top: float) -> dict[str, Any]:
    """Return the axes of a panel: months below the lowest ones, percentages left of the first column."""
    row, column = divmod(index, COLUMNS)
    axis = str(index + 1) if index else ""
    wide, high = (1 - PANEL_GAP * (COLUMNS - 1)) / COLUMNS, 1 / rows
    left, lower = column * (wide + PANEL_GAP), 1 - (row + 1) * high
    is_lowest = index >= panels - COLUMNS
    return {
        f"xaxis{axis}": {
            **time_axis(ends[0] - timedelta(days=3), ends[-1] + timedelta(days=3)),
            "nticks": 4,
            "domain": [left, left + wide],
            "anchor": f"y{axis}",
            "showticklabels": is_lowest,
        },
        f"yaxis{axis}": {
            "range": [0, top],
            "domain": [lower, lower + high * (1 - NAME_SHARE)],
            "anchor": f"x{axis}",
            "ticksuffix": "%",
            "tickfont": {"size": 11},
            "nticks": 3,
            "showticklabels": column == 0,
        },
    }


def _line(weeks: WeeklyLevels, ends: list[date], axis: str) -> dict[str, Any]:
    """Return the line, broken at gaps, with a marker for each week that no line would show."""
    shares = weeks.shares
    known = [False, *(value is not None for value in shares), False]
    alone = [known[index] and not known[index - 1] and not known[index + 1] for index in range(1, len(known) - 1)]
    return {
        "type": "scatter",
        "x": ends,
        "y": [None if value is None else round(value, 3) for value in shares],
        "mode": "lines+markers",
        "line": {"color": AT_RISK_LINE, "width": 2},
        "marker": {"color": AT_RISK_LINE, "size": [5 if is_alone else 0 for is_alone in alone]},
        "connectgaps": False,
        "hovertext": [_hover(end, week) for end, week in zip(ends, weeks.levels, strict=True)],
        "hoverinfo": "text",
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
    }


def _gaps(weeks: WeeklyLevels, ends: list[date], axis: str) -> list[dict[str, Any]]:
    """Return grey rectangles where there is no share."""
    shapes, half = [], timedelta(days=3, hours=12)
    for is_gap, group in groupby(zip(ends, weeks.shares, strict=True), key=lambda week: week[1] is None):
        if is_gap:
            days = [datetime.combine(end, time.min) for end, _ in group]
            shapes.append(
                {
                    "type": "rect",
                    "x0": str(days[0] - half),
                    "x1": str(days[-1] + half),
                    "y0": 0,
                    "y1": 1,
                    "xref": f"x{axis}",
                    "yref": f"y{axis} domain",
                    "fillcolor": GAP_FILL,
                    "line": {"width": 0},
                    "layer": "below",
                }
            )
    return shapes


def _name(panel: Panel, axis: str) -> dict[str, Any]:
    """Return the account's name and its newest share above its panel."""
    name = panel.name
    shown = name if len(name) <= MAX_NAME_CHARS else f"{name[: MAX_NAME_CHARS - 1].rstrip()}…"
    newest = next(value for value in reversed(panel.weeks.shares) if value is not None)
    return {
        "text": f"{escape_plotly(shown)}  <b>{format_percent(newest)}</b>",
        "xref": f"x{axis} domain",
        "yref": f"y{axis} domain",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }


def _hover(end: date, week: RiskLevel | None) -> str:
    value = week.at_risk_share if week else None
    if week is None or value is None:
        return ""
    users = f"{format_int(week.at_risk)} of {pluralize(week.users_graded, 'user')}"
    return f"Week to {format_date(end)}<br><b>{format_percent(value)}</b> at risk<br>{users}"


def _alt(panels: Sequence[Panel], ends: list[date]) -> str:
    parts = []
    for panel in panels:
        known = [(end, value) for end, value in zip(ends, panel.weeks.shares, strict=True) if value is not None]
        (first, earlier), (last, newest) = known[0], known[-1]
        since = f", {format_percent(earlier)} in the week to {format_date(first)}" if len(known) > 1 else ""
        parts.append(f"{panel.name} {format_percent(newest)} in the week to {format_date(last)}{since}")
    return f"{TITLE}: {'; '.join(parts)}."
