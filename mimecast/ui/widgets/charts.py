"""Puts charts on a page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mimecast.charts.chart import Chart
from mimecast.charts.drawing import drawing
from mimecast.ui.escaping import escape_markdown


def show_chart(chart: Chart | str, *, key: str) -> None:
    """Draw a chart with its text alternative, or a sentence that says why there is none, or nothing for an empty one.

    The chart's only button saves a sharp picture.
    """
    if isinstance(chart, str):
        if chart:
            st.info(escape_markdown(chart))
        return
    with drawing():
        st.plotly_chart(chart.figure, key=key, width="stretch", alt=chart.alt, config=plotly_config(chart.file_name))


def plotly_config(file_name: str) -> dict[str, Any]:
    """Return Plotly's settings of every chart: one button, which saves a picture of this name; no upload."""
    return {
        "displaylogo": False,
        "showSendToCloud": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": file_name, "scale": 2},
        "locale": "en",
    }
