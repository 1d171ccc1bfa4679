"""The navigation in the sidebar: the pages with their titles and icons, the choice of account, and the user."""

from __future__ import annotations

from typing import Final

import streamlit as st

from mimecast.settings.accounts import Account
from mimecast.text.glossary import PRODUCT
from mimecast.text.stamp import SAMPLE_MARK
from mimecast.ui.access import gate
from mimecast.ui.access.guard import guard
from mimecast.ui.account_state import AccountState
from mimecast.ui.context import AppContext, distinct_labels
from mimecast.ui.url import state

PAGES: Final = (
    ("app.py", "Overview", ":material/speed:"),
    ("pages/history.py", "History", ":material/timeline:"),
    ("pages/compare.py", "Compare", ":material/compare_arrows:"),
    ("pages/campaigns.py", "Campaigns", ":material/phishing:"),
    ("pages/people.py", "People", ":material/groups:"),
    ("pages/report.py", "Report", ":material/slideshow:"),
    ("pages/accounts.py", "Accounts", ":material/table_rows:"),
    ("pages/connection.py", "Setup & data", ":material/settings:"),
)
"""Every page in the order of the sidebar: script, title, icon."""

SIDEBAR_WIDTH: Final = 220
"""Pixels."""

PEOPLE_PAGE: Final = "pages/people.py"
"""In the sidebar only where the level of `people` is not `off`."""

ACCOUNTS_PAGE: Final = "pages/accounts.py"
"""In the sidebar only where there is more than one account."""

CAMPAIGNS_PAGE: Final = "pages/campaigns.py"
"""In the sidebar only where the account has campaigns."""


def draw_sidebar(context: AppContext, account: Account, account_state: AccountState) -> None:
    """Draw the sidebar of a page about this account. Links keep what the URL says."""
    with st.sidebar:
        st.markdown(f"**{PRODUCT}**")
        if len(context.accounts) > 1:
            _draw_account_picker(context.accounts, account)
        for script, title, icon in PAGES:
            if script == ACCOUNTS_PAGE and len(context.accounts) < 2:
                continue
            if script == CAMPAIGNS_PAGE and not account_state.has_campaigns:
                continue
            if script == PEOPLE_PAGE and not context.dashboard.people_level.is_on:
                continue
            st.page_link(script, label=title, icon=icon, query_params=state.current())
        if context.is_sample:
            st.badge(SAMPLE_MARK, color="orange")
            st.caption(
                "A made-up company. To see your own, follow “Connect a real account” in README.md, "
                "then reload this page."
            )
        gate.show_signed_in_user()


def _draw_account_picker(accounts: list[Account], account: Account) -> None:
    labels = distinct_labels(accounts)
    key = "account_picker"

    def apply_choice() -> None:
        state.update({"account": st.session_state[key]}, instead_of=("account",))

    st.session_state[key] = account.id
    st.selectbox("Account", list(labels), key=key, format_func=labels.__getitem__, on_change=guard(apply_choice))
