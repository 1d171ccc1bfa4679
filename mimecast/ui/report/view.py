"""The report's canvas, shrunk to the width of the page without being laid out anew; and its downloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from mimecast.charts.chart import Chart
from mimecast.charts.report_canvas import HEIGHT, WIDTH, CanvasText, empty_canvas, report_canvas
from mimecast.reports.report import DEFAULT_TITLE, Report, load_days
from mimecast.store.store import Store
from mimecast.ui.context import Page
from mimecast.ui.widgets.charts import plotly_config

FRAME_KEY: Final = "report_frame"
CANVAS_KEY: Final = "report_canvas"

WIDTH_STEPS: Final = range(320, WIDTH + 1, 16)
"""Widths of the page, in pixels, at which the canvas grows by a step."""


def report_chart(report: Report | None) -> Chart:
    """The canvas of a report, or one that says there is nothing to report."""
    if report is None:
        return empty_canvas("No snapshot in this range", title=DEFAULT_TITLE)
    words = CanvasText(report.title, report.range_text, report.headline, (report.usual_text, report.target_text))
    band = report.band.days if report.band else None
    stamp, comparison, name = report.stamp, report.comparison, report.file_name("")
    return report_canvas(words, stamp, comparison, report.timeline, report.marks, band, file_name=name)


def show_canvas(drawing: Chart, *, key: str) -> None:
    """The figure at its own size, made as wide as the page by the browser; the picture it saves is not shrunk."""
    settings = plotly_config(drawing.file_name)
    settings["toImageButtonOptions"] |= {"width": WIDTH, "height": HEIGHT}
    st.html(_style())
    with st.container(key=FRAME_KEY), st.container(key=CANVAS_KEY):
        st.plotly_chart(
            drawing.figure, key=key, theme=None, width=WIDTH, height=HEIGHT, alt=drawing.alt, config=settings
        )


def offer_downloads(page: Page, store: Store, report: Report) -> None:
    """Buttons whose files are made, and whose libraries are loaded, when they are clicked and not before."""

    def slides() -> bytes:
        from mimecast.reports.pptx.slides import render_pptx

        return render_pptx(report, template=page.dashboard.pptx_template)

    def workbook() -> bytes:
        from mimecast.reports.workbook import render_xlsx

        return render_xlsx(report, load_days(store, report))

    def web_page() -> bytes:
        from mimecast.reports.html_page import render_html

        return render_html(report)

    office = "application/vnd.openxmlformats-officedocument"
    _offer("PowerPoint", slides, report.file_name(".pptx"), f"{office}.presentationml.presentation")
    _offer("Excel", workbook, report.file_name(".xlsx"), f"{office}.spreadsheetml.sheet")
    _offer("HTML", web_page, report.file_name(".html"), "text/html")


def _offer(label: str, make: Callable[[], bytes], file_name: str, kind: str) -> None:
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=kind,
        on_click="ignore",
        icon=":material/download:",
        key=f"report_{label.lower()}",
    )


def _style() -> str:
    """A canvas of fixed size in a frame as wide as the page. Streamlit has Plotly lay a figure out anew for every width
    it measures; `zoom`, put inside of what it measures, shrinks what was laid out, as it would a picture."""
    shrunk = f".st-key-{CANVAS_KEY} .js-plotly-plot"
    steps = "\n".join(
        f"@container report (min-width: {width}px) {{ {shrunk} {{ zoom: {width / WIDTH:.4f}; }} }}"
        for width in WIDTH_STEPS
    )
    return f"""<style>
.st-key-{FRAME_KEY} {{
  container: report / inline-size; aspect-ratio: {WIDTH} / {HEIGHT}; overflow: hidden; display: block;
  outline: 1px solid rgba(128, 128, 128, 0.25);
}}
.st-key-{CANVAS_KEY} {{ width: {WIDTH}px; max-width: none; height: {HEIGHT}px; }}
{shrunk} {{ zoom: 0.2; }}
{shrunk} .modebar {{ zoom: 1.5; }}
{steps}
@supports (zoom: calc(1px / 1px)) {{ {shrunk} {{ zoom: calc(100cqw / {WIDTH}px) !important; }} }}
@page {{ size: A4 landscape; }}
@media print {{
  [data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] > :not(:has(.st-key-{FRAME_KEY})) {{
    display: none !important;
  }}
  .st-key-{FRAME_KEY} {{ outline: none; overflow: visible; }}
  .st-key-{CANVAS_KEY}, .st-key-{CANVAS_KEY} * {{ max-width: 100% !important; }}
  .st-key-{CANVAS_KEY} {{ width: 100% !important; height: auto !important; }}
  {shrunk} {{ zoom: 1 !important; }}
}}
</style>"""
