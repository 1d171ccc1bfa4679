"""Putting figures, tables and downloads on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mimecast.charts.chart import Chart


def show_chart(drawing: Chart, *, key: str) -> None:
    """A figure with its text alternative; its one button saves a sharp picture."""
    st.plotly_chart(drawing.figure, key=key, width="stretch", alt=drawing.alt, config=plotly_config(drawing.file_name))


def offer_csv(make: Callable[[], bytes], *, file_name: str, key: str) -> None:
    """A button that makes the file when it is clicked, not before."""
    offer_download("Download CSV", make, file_name=file_name, mime="text/csv", key=key)


def offer_download(
    label: str, make: Callable[[], bytes], *, file_name: str, mime: str, key: str, disabled: bool = False
) -> None:
    """The same, for any kind of file."""
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
    """Plotly's settings of every figure: one button, which saves a picture of this name; no upload."""
    return {
        "displaylogo": False,
        "showSendToCloud": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": file_name, "scale": 2},
        "locale": "en",
    }
