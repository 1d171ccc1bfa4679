"""Puts charts and downloads on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from mimecast.charts.chart import Chart
from mimecast.reports.tables import to_csv
from mimecast.ui.escaping import escape_markdown


def show_chart(chart: Chart | str, *, key: str) -> None:
    """Draw a chart with its text alternative, or a sentence that says why there is none, or nothing for an empty one.

    The chart's only button saves a sharp picture.
    """
    if isinstance(chart, str):
        if chart:
            st.info(escape_markdown(chart))
        return
    st.plotly_chart(chart.figure, key=key, width="stretch", alt=chart.alt, config=plotly_config(chart.file_name))


def offer_csv(frame: pd.DataFrame, *, file_name: str, key: str) -> None:
    """Draw a button that makes a CSV file of a table when it is clicked."""
    offer_download("Download CSV", lambda: to_csv(frame), file_name=file_name, mime="text/csv", key=key)


def offer_download(
    label: str, make: Callable[[], bytes], *, file_name: str, mime: str, key: str, disabled: bool = False
) -> None:
    """Draw a button that makes a file when it is clicked."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=mime,
        on_click="ignore",
        icon=":material/download:",
        key=key,
        disabled=disabled,
    )


def plotly_config(file_name: str) -> dict[str, Any]:
    """Return Plotly's settings of every chart: one button, which saves a picture of this name; no upload."""
    return {
        "displaylogo": False,
        "showSendToCloud": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": file_name, "scale": 2},
        "locale": "en",
    }
