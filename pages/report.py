"""Report: one 16:9 picture to paste, and the same as slides, workbook and HTML."""

import streamlit as st

from mimecast.ui.page import begin, load_or_stop
from mimecast.ui.report.options import choose_options, read_options
from mimecast.ui.report.view import load_report_page, offer_downloads, show_picture
from mimecast.ui.widgets.date_range import choose_range, show_empty_range

page = begin("Report")
with st.container(horizontal=True, vertical_alignment="bottom"):
    choice = choose_range(page)
    options = read_options(choice.days)
    data = load_or_stop(load_report_page, page, choice.days, options)
    choose_options(options, data.report.all_notes if data else (), page.today)
    if data:
        offer_downloads(page, data.report)
if data is None:
    show_empty_range(choice.days)
    st.stop()
show_picture(data.picture, key="report")
