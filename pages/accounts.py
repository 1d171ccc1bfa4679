"""Accounts: how every account stands, and the way to each of them."""

import streamlit as st

from mimecast.ui.page import begin
from mimecast.ui.sections.accounts import (
    load_statuses,
    open_clicked,
    show_chosen_charts,
    show_summary,
    show_table,
    show_totals,
)

page = begin("Accounts", of_all_accounts=True)
open_clicked(page)
with page.reading() as store:
    if store:
        standings = load_statuses(page, store)
        show_summary(standings)
        show_totals(page, standings)
        show_table(page, standings)
        st.header("Side by side", anchor=False)
        show_chosen_charts(page, standings)
