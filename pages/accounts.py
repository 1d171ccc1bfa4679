"""Accounts: how every account stands, and the way to each of them."""

import streamlit as st

from mimecast.ui.accounts_table import accounts_table, chosen_charts, open_clicked, standings_of, summary, totals
from mimecast.ui.page import begin

page = begin("Accounts", of_all_accounts=True)
open_clicked(page)
with page.reading() as store:
    if store:
        standings = standings_of(page, store)
        summary(standings)
        totals(page, standings)
        accounts_table(page, standings)
        st.header("Side by side", anchor=False)
        chosen_charts(page, standings)
