"""The four component grades of the company as 100% bars, users without a grade included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout
from mimecast.domain.people.users import COMPONENT_NAMES, ComponentCounts
from mimecast.domain.scores import GRADES, OTHER
from mimecast.formatting import format_int, format_percent, pluralize
from mimecast.palette import GAP_FILL, GRADE_COLOURS, GRADE_OUTLINES, INK, QUIET
from mimecast.text.stamp import Stamp

TITLE: Final = "Component grades, share of all users listed"
NOT_GRADED: Final = "Not graded"
ROW_HEIGHT: Final = 46
MIN_LABELLED_SHARE: Final = 5.0
"""Percent of a bar from which a part has room for its grade; its share needs three times as much on a phone."""

MIN_NAMED_SHARE: Final = 45.0
"""Percent of a bar from which “Not graded” fits into it, on a phone too."""

_LIGHT_TEXT: Final = ("A", "F")


def components_chart(components: Mapping[str, ComponentCounts], stamp: Stamp, *, file_name: str) -> Chart:
    """Draw one bar for each component, from A at the left to users without a grade at the right."""
    names = [COMPONENT_NAMES[component] for component in components]
    totals = {name: each.counts.users_graded + each.not_graded for name, each in components.items()}
    parts = [*GRADES, *([OTHER] if any(each.counts.other for each in components.values()) else []), NOT_GRADED]
    traces = []
    for part in parts:
        users = [_users(each, part) for each in components.values()]
        shares = [100.0 * count / max(total, 1) for count, total in zip(users, totals.values(), strict=True)]
        traces.append(_bars(part, names, users, shares))
    labels = [
        _not_graded_label(COMPONENT_NAMES[name], 100.0 * each.not_graded / max(totals[name], 1))
        for name, each in components.items()
    ]
    layout = {"barmode": "stack", "bargap": 0.32, "annotations": [label for label in labels if label]}
    figure = go.Figure({"data": traces, "layout": layout})
    figure.update_xaxes(range=[0, 100], ticksuffix="%", nticks=6, showgrid=False)
    figure.update_yaxes(autorange="reversed", tickfont={"size": 13}, showgrid=False)
    apply_layout(figure, title=TITLE, stamp=stamp, height=ROW_HEIGHT * len(names) + 44, margin={"l": 100}, axis_room=30)
    return Chart(figure, _alt(components, totals), file_name)


def _not_graded_label(name: str, share: float) -> dict[str, Any] | None:
    """Return the label of the users without a grade, where it fits: in the colour of text, since the bar has none."""
    if share < 3 * MIN_LABELLED_SHARE:
        return None
    text = f"{NOT_GRADED} {share:.0f}%" if share >= MIN_NAMED_SHARE else f"– {share:.0f}%"
    return {"x": 100 - share / 2, "y": name, "text": text, "showarrow": False, "font": {"size": 12}}


def _users(component: ComponentCounts, part: str) -> int:
    return component.not_graded if part == NOT_GRADED else component.counts.users(part)


def _bars(part: str, names: list[str], users: list[int], shares: list[float]) -> dict[str, Any]:
    is_none = part == NOT_GRADED
    return {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": shares,
        "marker": {
            "color": GAP_FILL if is_none else GRADE_COLOURS[part],
            "line": {"color": QUIET if is_none else GRADE_OUTLINES[part], "width": 0.6},
        },
        "text": [
            "" if is_none or share < MIN_LABELLED_SHARE
            else f"{part} {share:.0f}%" if share >= 3 * MIN_LABELLED_SHARE else part
            for share in shares
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"size": 12, "color": "#ffffff" if part in _LIGHT_TEXT else INK},
        "hovertext": [
            f"{name}<br><b>{part}</b>: {pluralize(count, 'user')} ({format_percent(share)})"
            for name, count, share in zip(names, users, shares, strict=True)
        ],
        "hoverinfo": "text",
    }  # fmt: skip


def _alt(components: Mapping[str, ComponentCounts], totals: Mapping[str, int]) -> str:
    parts = []
    for name, each in components.items():
        counts = ", ".join(f"{grade} {format_int(each.counts.users(grade))}" for grade in each.counts.shown_grades)
        parts.append(f"{COMPONENT_NAMES[name]}: {counts}, not graded {format_int(each.not_graded)} of {totals[name]:,}")
    return f"{TITLE}. {'; '.join(parts)}."
