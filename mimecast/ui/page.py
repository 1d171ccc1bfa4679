"""The first call of every page: its title, the sidebar, the account, and whatever is wrong, said once at the top."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import streamlit as st
import truststore

from mimecast.domain.snapshot import Snapshot
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError
from mimecast.store.errors import StoreError
from mimecast.text.stamp import SAMPLE_MARK
from mimecast.ui import context, resources
from mimecast.ui.access import gate
from mimecast.ui.banners import show_notice, show_problem
from mimecast.ui.context import PRODUCT, Page, distinct_labels
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.refresh import freshness_and_refresh, refresh_messages
from mimecast.ui.url import params, state

PAGES: Final = (
    ("app.py", "Overview", ":material/speed:"),
    ("pages/history.py", "History", ":material/timeline:"),
    ("pages/compare.py", "Compare", ":material/compare_arrows:"),
    ("pages/report.py", "Report", ":material/slideshow:"),
    ("pages/accounts.py", "Accounts", ":material/table_rows:"),
    ("pages/connection.py", "Connection", ":material/network_check:"),
)
"""Every page in the order of the sidebar: script, title, icon."""

ACCOUNTS_PAGE: Final = "pages/accounts.py"
"""In the sidebar only where there is more than one account."""


def begin(title: str, *, of_all_accounts: bool = False) -> Page:
    """Set the page up. Call it first, once; it draws the sidebar, the title and the banners.

    A page `of_all_accounts` says by itself how old its numbers are, and asks Mimecast for nothing. Does not return
    where somebody has to sign in first.
    """
    truststore.inject_into_ssl()
    st.set_page_config(
        page_title=f"{title} · {PRODUCT}", page_icon=str(PROJECT / "static" / "favicon.png"), layout="wide"
    )
    cautions = gate.require_sign_in(PRODUCT, _script(title))
    loaded = context.load()
    loaded.problems += cautions
    known = {account.id: account for account in loaded.accounts}
    chosen, complaint = params.pick_account(st.query_params.get("account"), list(known))
    account = known[chosen]
    _sidebar(loaded, account)
    newest = _newest(loaded, account)
    wrong = next((problem for problem in loaded.problems if isinstance(problem, SettingsError)), None)
    page = Page(account, loaded.store, loaded.dashboard, loaded.is_sample, datetime.now(UTC), newest)
    page.wrong_settings = wrong if account.keys is None else None
    page.accounts = loaded.accounts
    if of_all_accounts:
        st.title(title, anchor=False)
    else:
        _heading(title, page)
    for problem in loaded.problems:
        show_problem(problem)
    if complaint:
        show_notice(complaint)
    if not of_all_accounts:
        refresh_messages(page)
    return page


def _script(title: str) -> str:
    return next((script for script, known, _ in PAGES if known == title), PAGES[0][0])


def _sidebar(loaded: context.AppContext, account: Account) -> None:
    with st.sidebar:
        st.markdown(f"**{PRODUCT}**")
        for script, title, icon in PAGES:
            if script == ACCOUNTS_PAGE and len(loaded.accounts) < 2:
                continue
            st.page_link(script, label=title, icon=icon, query_params=state.current())
        if len(loaded.accounts) > 1:
            _account_picker(loaded.accounts, account)
        if loaded.is_sample:
            st.badge(SAMPLE_MARK, color="orange")
            st.caption(
                "A made-up company. To see your own, follow “Connect a real account” in README.md, "
                "then reload this page."
            )
        gate.show_signed_in_user()


def _account_picker(accounts: list[Account], account: Account) -> None:
    names = distinct_labels(accounts)
    key = "account_picker"

    def chosen() -> None:
        state.update({"account": st.session_state[key]}, instead_of=("account",))

    st.session_state[key] = account.id
    st.selectbox("Account", list(names), key=key, format_func=lambda one: names[one], on_change=chosen)


def _newest(loaded: context.AppContext, account: Account) -> Snapshot | None:
    if loaded.store is None:
        return None
    try:
        return loaded.store.newest(account.id)
    except StoreError as problem:
        resources.forget_stores()
        loaded.problems.append(problem)
        loaded.store = None
        return None


def _heading(title: str, page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.title(title, anchor=False, width="content")
        freshness_and_refresh(page)
    stamp = page.stamp
    st.caption(escape_markdown(stamp.text) if stamp else "No snapshot yet.")
