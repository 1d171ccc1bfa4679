"""Report: one picture of 16:9 to paste, and the same as slides, workbook and web page."""

import streamlit as st

from mimecast.domain.reporting_days import reporting_day
from mimecast.reports.report import load_report
from mimecast.ui.page import begin
from mimecast.ui.report.options import choose_options, read_options
from mimecast.ui.report.view import offer_downloads, report_chart, show_canvas
from mimecast.ui.widgets.date_range import choose_range

page = begin("Report")
with page.reading() as store:
    oldest = store.oldest(page.account.id) if store else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose_range(page.today, reporting_day(oldest.taken_at, page.zone) if oldest else None)
        options = read_options(chosen, page.today)
        report = None
        if store:
            report = load_report(
                store,
                page.account.id,
                page.account.name if options.show_name else "",
                first=chosen.first,
                last=chosen.last,
                zone=page.zone,
                now=page.now,
                against=options.against,
                title=options.title,
                notes=options.notes,
            )
        choose_options(options, report.notes if report else (), page.today)
        if store and report:
            offer_downloads(page, store, report)
    show_canvas(report_chart(report), key="report")
