"""Departments: one sorted row each, a dot at the share at risk, and the company's share as a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.chart import TITLE_HEIGHT, Chart, apply_layout, escape_plotly
from mimecast.charts.text_width import room_for, shorten, shorten_in_the_middle
from mimecast.domain.people.departments import DepartmentChange
from mimecast.formatting import format_int, format_percent, format_points, pluralize
from mimecast.palette import AT_RISK_LINE, GRID, QUIET, USERS_LINE
from mimecast.text.stamp import Stamp

TITLE: Final = "Share of users at risk by department"

ROW_HEIGHT: Final = 26
"""Height of a department, in pixels."""

MAX_ROWS: Final = 30
"""Departments in the chart, those with the largest share; the table has all of them."""

LABEL_SIZE: Final = 12
FONT_SIZE: Final = 13
MAX_NAME_EMS: Final = 11.1
"""Room for a department's name, in ems: a phone leaves half of its width to the dots."""


def departments_chart(
    departments: Sequence[DepartmentChange], company_share: float, stamp: Stamp, *, compared_to: str, file_name: str
) -> Chart:
    """Draw up to `MAX_ROWS` departments, the largest share at risk first.

    Args:
        departments: The departments in this order, at least one.
        company_share: The company's share at risk, in percent.
        stamp: The stamp of the chart.
        compared_to: The day of the earlier shares, drawn as rings; empty without one.
        file_name: The name of the picture's file.
    """
    shown = [change for change in departments if change.counts.at_risk_share is not None][:MAX_ROWS]
    rows = {change.department: len(shown) - 1 - index for index, change in enumerate(shown)}
    shares = [change.counts.at_risk_share or 0.0 for change in shown]
    earlier = [change.earlier.at_risk_share if change.earlier else None for change in shown]
    widest = max(*shares, *(share for share in earlier if share is not None), company_share, 1.0)
    names = short_names([change.department for change in shown])
    places = [rows[change.department] for change in shown]
    rings = [(then, place) for then, place in zip(earlier, places, strict=True) if then is not None]
    moves: list[tuple[float | None, int | None]] = []
    for then, share, place in zip(earlier, shares, places, strict=True):
        moves += [] if then is None else [(then, place), (share, place), (None, None)]
    traces: list[dict[str, Any]] = [
        _lines(moves),
        _dots([then for then, _ in rings], [place for _, place in rings], ring=True),
        {
            **_dots(shares, places, ring=False),
            "hovertext": [_hover(change, compared_to) for change in shown],
            "hoverinfo": "text",
        },
    ]
    values = [
        f"{format_percent(each.counts.at_risk_share)} of {format_int(each.counts.users_graded)}" for each in shown
    ]
    labels = [
        {
            "x": 1,
            "xref": "paper",
            "y": place,
            "text": f"<b>{value.replace(' of', '</b> of')}",
            "xanchor": "left",
            "xshift": 8,
            "showarrow": False,
            "font": {"size": LABEL_SIZE},
        }
        for value, place in zip(values, places, strict=True)
    ]
    height = ROW_HEIGHT * len(shown) + 24
    figure = go.Figure({"data": traces, "layout": {"annotations": [*labels, *_company(company_share, compared_to)]}})
    figure.add_shape(
        type="line", x0=company_share, x1=company_share, y0=0, y1=1, yref="y domain",
        line={"color": USERS_LINE, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    figure.update_xaxes(range=[-0.03 * widest, 1.08 * widest], ticksuffix="%", nticks=4)
    figure.update_yaxes(
        range=[-0.7, len(shown) - 0.3],
        tickvals=places,
        ticktext=[escape_plotly(name) for name in names],
        tickfont={"size": FONT_SIZE},
        showgrid=False,
    )
    margin = {
        "l": room_for(names, FONT_SIZE),
        "r": room_for(values, LABEL_SIZE, bold=True),
        "t": TITLE_HEIGHT + 38,
    }
    apply_layout(figure, title=TITLE, stamp=stamp, height=height + margin["t"], margin=margin, axis_room=30)
    return Chart(figure, _alt(departments, company_share, compared_to), file_name)


def short_names(departments: Sequence[str]) -> list[str]:
    """Return names that fit beside the dots; those that begin alike keep their ends, which tell them apart."""
    names = [shorten(department, MAX_NAME_EMS) for department in departments]
    return [
        shorten_in_the_middle(department, MAX_NAME_EMS) if names.count(name) > 1 else name
        for name, department in zip(names, departments, strict=True)
    ]


def _dots(shares: list[float], places: list[int], *, ring: bool) -> dict[str, Any]:
    marker: dict[str, Any] = {"size": 11, "color": AT_RISK_LINE}
    if ring:
        marker = {"size": 10, "symbol": "circle-open", "color": QUIET, "line": {"width": 2, "color": USERS_LINE}}
    place = {"x": shares, "y": places, "cliponaxis": False}  # a phone's axis has no room left of a dot at 0%
    return {"type": "scatter", "mode": "markers", **place, "marker": marker, "hoverinfo": "skip"}


def _lines(ends: list[tuple[float | None, int | None]]) -> dict[str, Any]:
    """Return one trace for all lines, each of two ends and a break: Plotly takes far longer for a trace each."""
    x, y = [share for share, _ in ends], [place for _, place in ends]
    line = {"color": GRID, "width": 3}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _company(share: float, compared_to: str) -> list[dict[str, Any]]:
    """Return the label of the company's line, and the key of the marks."""
    key = f"○ {compared_to}   ● now" if compared_to else ""
    return [
        {
            "x": share,
            "xref": "x",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": "left",
            "xshift": -2,
            "text": f"Company {format_percent(share)}",
            "showarrow": False,
            "font": {"size": 12},
        },
        {
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "paper",
            "yshift": 18,
            "yanchor": "bottom",
            "xanchor": "left",
            "text": key,
            "showarrow": False,
            "font": {"size": 12},
        },
    ]


def _hover(change: DepartmentChange, compared_to: str) -> str:
    counts = change.counts
    lines = [
        f"<b>{escape_plotly(change.department)}</b>",
        f"{format_int(counts.at_risk)} of {pluralize(counts.users_graded, 'user')} at risk "
        f"({format_percent(counts.at_risk_share)})",
    ]
    if change.change is not None:
        lines.append(f"{format_points(change.change)} since {compared_to}")
    return "<br>".join(lines)


def _alt(departments: Sequence[DepartmentChange], company_share: float, compared_to: str) -> str:
    parts = []
    for change in departments[:MAX_ROWS]:
        since = f", {format_points(change.change)} since {compared_to}" if change.change is not None else ""
        users = pluralize(change.counts.users_graded, "user")
        parts.append(f"{change.department} {format_percent(change.counts.at_risk_share)} of {users}{since}")
    return f"{TITLE}, the company's share being {format_percent(company_share)}: {'; '.join(parts)}."
