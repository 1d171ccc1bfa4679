"""Rates of phishing campaigns by launch: opened is left out, since mail programs open messages themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from mimecast.charts.chart import Chart, apply_layout, escape_plotly
from mimecast.charts.lines import edge_label
from mimecast.charts.time_axis import time_axis
from mimecast.domain.causes.campaigns import Campaign
from mimecast.formatting import format_date, format_int, format_percent
from mimecast.palette import RATE_LINES
from mimecast.text.stamp import Stamp

TITLE: Final = "Campaigns: shares of recipients who clicked, submitted and reported"
RATES: Final = ("clicked", "submitted", "reported")
PLOT_HEIGHT: Final = 270


def rates_chart(campaigns: Sequence[Campaign], stamp: Stamp, *, file_name: str) -> Chart:
    """Draw one line of points per rate over the launches, from zero.

    At least one campaign has a launch and a rate. A rate that is unknown is a gap in its line.
    """
    shown = [each for each in campaigns if each.launched_at and any(each.rate(name) is not None for name in RATES)]
    days = [each.launched_at.astimezone(stamp.zone).date() for each in shown if each.launched_at]
    traces, labels, ends, highest = [], [], [], 1.0
    for name in RATES:
        rates = [each.rate(name) for each in shown]
        known = [rate for rate in rates if rate is not None]
        if not known:
            continue
        highest = max(highest, *known)
        traces.append(
            go.Scatter(
                x=[str(day) for day in days],
                y=rates,
                mode="lines+markers",
                line={"color": RATE_LINES[name], "width": 2},
                marker={"color": RATE_LINES[name], "size": 8},
                connectgaps=False,
                cliponaxis=False,
                hovertext=[_hover(each, name) for each in shown],
                hoverinfo="text",
            )
        )
        ends.append((known[-1], name))
    for place, (rate, name) in zip(_apart([rate for rate, _ in sorted(ends)], highest), sorted(ends), strict=True):
        labels.append(
            edge_label(f"<b>{name}</b> {format_percent(rate)}", place, colour=RATE_LINES[name], size=12)
            | {"xshift": 14}
        )
    axis: dict[str, Any] = time_axis(days[0], days[-1])
    if days[0] == days[-1]:
        axis.pop("range")
        axis["tickvals"] = [str(days[0])]
    figure = go.Figure({"data": traces, "layout": {"annotations": labels, "xaxis": axis}})
    figure.update_yaxes(range=[0, highest * 1.18], ticksuffix="%", nticks=6)
    apply_layout(figure, title="Rates by launch", stamp=stamp, height=PLOT_HEIGHT, margin={"r": 124, "l": 56})
    return Chart(figure, _alt(shown, stamp), file_name)


def _apart(values: Sequence[float], highest: float) -> list[float]:
    """Move the labels of ordered values apart by a fifteenth of the axis."""
    step, places = highest * 1.18 / 15, list[float]()
    for value in values:
        places.append(max(value, places[-1] + step) if places else value)
    return places


def _hover(campaign: Campaign, name: str) -> str:
    users, rate = campaign.users(name), campaign.rate(name)
    if users is None or campaign.sent is None:
        return ""
    count = f"{format_int(users)} of {format_int(campaign.sent)} users"
    return f"<b>{escape_plotly(campaign.name)}</b><br>{name} {format_percent(rate)}<br>{count}"


def _alt(campaigns: Sequence[Campaign], stamp: Stamp) -> str:
    parts = []
    for each in campaigns:
        day = format_date(each.launched_at.astimezone(stamp.zone).date()) if each.launched_at else ""
        rates = [f"{name} {format_percent(rate)}" for name in RATES if (rate := each.rate(name)) is not None]
        parts.append(f"{day} {each.name}: {', '.join(rates)}")
    return f"{TITLE}. {'; '.join(parts)}."
