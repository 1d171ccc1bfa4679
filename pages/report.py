"""Report: one picture of 16:9 to paste, and the same as slides, workbook and web page."""

import streamlit as st

from mimecast.history.timeline import reporting_day
from mimecast.report import gather
from mimecast.ui.page import begin
from mimecast.ui.ranges import choose_range
from mimecast.ui.report_options import choose_options, read_options
from mimecast.ui.report_place import draw_report, offer_downloads, place_canvas

page = begin("Report")
with page.reading() as store:
    oldest = store.oldest(page.account.id) if store else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose_range(page.today, reporting_day(oldest.taken_at, page.zone) if oldest else None)
        options = read_options(chosen, page.today)
        report = None
        if store:
            report = gather(
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
    place_canvas(draw_report(report), key="report")
