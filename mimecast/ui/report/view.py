"""The report's picture, shrunk to the width of the page without a new layout, and its downloads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

import streamlit as st

from mimecast.charts.chart import Chart
from mimecast.charts.drawing import drawing
from mimecast.charts.report_picture import HEIGHT, WIDTH
from mimecast.domain.reporting_days import DayRange
from mimecast.reports.formats import FORMATS, render_report
from mimecast.reports.picture import draw_picture
from mimecast.reports.report import Report, ReportRequest, load_report
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import AccountPage
from mimecast.ui.url.report_params import ReportOptions
from mimecast.ui.widgets.charts import plotly_config
from mimecast.ui.widgets.download_links import offer_download

FRAME_KEY: Final = "report_frame"
PICTURE_KEY: Final = "report_picture"
"""Keys of the containers that static/report_picture.css styles."""


PRIMARY: Final = ".pptx"
"""What most readers want."""


@dataclass(frozen=True)
class ReportData:
    """A report and its picture."""

    report: Report
    picture: Chart


def load_report_page(page: AccountPage, days: DayRange, options: ReportOptions) -> ReportData | None:
    """Load a report and draw its picture, or return both from the cache; None where the range has no snapshot.

    Raises StoreError.
    """
    people = (page.dashboard.people_level, page.dashboard.min_group_size)
    key = ("report", page.account.id, page.account.name, page.today, days, options, page.stamp.text, people)
    return PAGE_CACHE.get(page.store, key, lambda: _load(page, days, options))


def show_picture(picture: Chart, *, key: str) -> None:
    """Draw the picture at its own size, scaled to the page by the browser; the picture it saves is not scaled."""
    config = plotly_config(picture.file_name)
    config["toImageButtonOptions"] |= {"width": WIDTH, "height": HEIGHT}
    with st.container(key=FRAME_KEY), st.container(key=PICTURE_KEY), drawing():
        st.plotly_chart(picture.figure, key=key, theme=None, width=WIDTH, height=HEIGHT, alt=picture.alt, config=config)


def offer_downloads(page: AccountPage, report: Report) -> None:
    """Draw links whose files are made, and whose libraries are loaded, when they are followed."""
    for suffix, kind in FORMATS.items():
        offer_download(
            kind.label,
            partial(_render, page, report, suffix),
            file_name=report.file_name(suffix),
            mime=kind.media_type,
            key=f"report_{kind.label.lower()}",
            account=report.account,
            primary=suffix == PRIMARY,
        )


def _render(page: AccountPage, report: Report, suffix: str) -> bytes:
    """Return the file as of now. Raises Problem."""
    current = replace(report, stamp=replace(report.stamp, now=datetime.now(UTC)))
    return render_report(current, suffix, page.store, template=page.dashboard.pptx_template)


def _load(page: AccountPage, days: DayRange, options: ReportOptions) -> ReportData | None:
    request = ReportRequest(
        page.account.id,
        page.account.name if options.show_name else "",
        days,
        page.now,
        compare_with=options.compare_with,
        title=options.title,
        notes=options.notes,
        min_group_size=page.dashboard.min_group_size if page.dashboard.people_level.is_on else None,
        with_movement=page.dashboard.people_level.has_movement,
    )
    report = load_report(page.store, request)
    if report is None:
        return None
    return ReportData(report, draw_picture(report))
