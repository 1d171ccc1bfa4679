"""The limits of usual variation over the last span of an at-risk line."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from mimecast.charts.palette import NORMAL_RANGE_FILL
from mimecast.domain.timeline import Timeline
from mimecast.domain.variation import Variation
from mimecast.formatting import format_percent, pluralize

BAND_LABEL: Final = "usual variation"
MAX_LOOKBACK_DAYS: Final = pd.Timedelta(days=7)
"""How much earlier than one span before a value may be and still stand for that day."""


def normal_range_band(timeline: Timeline, variation: Variation | None) -> pd.DataFrame:
    """Where the at-risk share would lie within usual variation: its value one span earlier, plus the limits.

    Index: the periods of the last span; columns `low` and `high` (percent, from 0 to 100), NaN where a period or the
    one a span earlier has no value. Empty without limits. The last value rests on `variation` itself, however short
    the timeline is.
    """
    shares = timeline.shares["at_risk"].dropna()
    if variation is None or variation.change is None or variation.low is None or variation.high is None or shares.empty:
        return pd.DataFrame(columns=["low", "high"], dtype="float64")
    taken_at = timeline.users["taken_at"][shares.index]
    days = taken_at.dt.tz_convert(timeline.zone).dt.tz_localize(None).dt.normalize()
    by_day = shares.set_axis(pd.DatetimeIndex(days))
    span = pd.Timedelta(days=variation.span)
    middle = {shares.index[-1]: shares.iloc[-1] - variation.change}
    for label, reached in days[days >= days.iloc[-1] - span].iloc[:-1].items():
        earlier = by_day[reached - span - MAX_LOOKBACK_DAYS : reached - span]
        if not earlier.empty:
            middle[label] = earlier.iloc[-1]
    labels = timeline.users.index
    line = pd.Series(middle).reindex(labels[(labels >= min(middle)) & (labels <= max(middle))])
    return pd.DataFrame({"low": line + variation.low, "high": line + variation.high}).clip(0, 100)


def draw_normal_range(figure: go.Figure, band: pd.DataFrame, variation: Variation | None) -> str:
    """Shade the band behind the line, and return what a text alternative says about it."""
    if band.empty or variation is None:
        return ""
    low, high = band["low"].iloc[-1], band["high"].iloc[-1]
    said = (
        f"Within usual variation over {pluralize(variation.span, 'day')} it would be {format_percent(low)} "
        f"to {format_percent(high)}"
    )
    runs = [run for _, run in band.groupby(band["low"].isna().cumsum())]
    outlines = [_outline(run.dropna()) for run in runs if run["low"].notna().any()]
    lines = len(outlines)
    for outline in outlines:
        figure.add_scatter(**outline, mode="lines", cliponaxis=False, text=said, hoverinfo="text", name=BAND_LABEL)
    figure.data = (*figure.data[-lines:], *figure.data[:-lines])
    figure.add_annotation(
        text=BAND_LABEL,
        x=band.index[-1],
        y=band["high"].max(),
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        font={"size": 11},
    )
    return f" {said}."


def _outline(run: pd.DataFrame) -> dict[str, Any]:
    """Round a run of periods; one period alone is an upright stroke."""
    labels, low, high = list(run.index), run["low"].round(4), run["high"].round(4)
    if len(labels) == 1:
        return {"x": labels * 2, "y": [low.iloc[0], high.iloc[0]], "line": {"color": NORMAL_RANGE_FILL, "width": 10}}
    return {
        "x": [*labels, *reversed(labels)],
        "y": [*high, *low[::-1]],
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": NORMAL_RANGE_FILL,
        "hoveron": "fills",
    }
