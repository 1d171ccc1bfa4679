"""Accounts: the status of every account, and the way to each of them."""

import streamlit as st

from mimecast.ui.page import begin_without_data, load_or_stop
from mimecast.ui.page_data.accounts import load_accounts
from mimecast.ui.sections.accounts import (
    open_clicked,
    show_accounts_summary,
    show_accounts_table,
    show_accounts_totals,
    show_chosen_charts,
)

page = begin_without_data("Accounts", of_all_accounts=True)
data = load_or_stop(load_accounts, page)
open_clicked(data)
show_accounts_summary(data)
show_accounts_totals(data)
show_accounts_table(page, data)
st.header("Side by side", anchor=False)
show_chosen_charts(page, data)
