"""Begins every page: title, sidebar, account, banners, and a single empty state where there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn, ParamSpec, TypeVar

import streamlit as st
import truststore

from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import misdated_problem
from mimecast.settings.accounts import Account
from mimecast.settings.project import PROJECT
from mimecast.settings.secrets_files import UnreadableSecretsError
from mimecast.store.errors import StoreError
from mimecast.text.glossary import PRODUCT
from mimecast.ui import resources
from mimecast.ui.access import gate
from mimecast.ui.account_state import AccountState, load_account_state
from mimecast.ui.causes.implausible import show_implausible_answers
from mimecast.ui.causes.restarts import show_restart_suggestion
from mimecast.ui.context import AccountPage, AppContext, Page, load_context
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.navigation import SIDEBAR_WIDTH, draw_sidebar
from mimecast.ui.refresh import freshness_and_refresh, refresh_messages
from mimecast.ui.show_problem import show_notice, show_problem
from mimecast.ui.url import params

P = ParamSpec("P")
T = TypeVar("T")


def begin(title: str) -> AccountPage:
    """Begin a page about one account. Call it first, once.

    Draws the sidebar, the title and the banners. Does not return where the user has to sign in first, and stops with
    one empty state where the store cannot be used or the account has no snapshot.
    """
    page = begin_without_data(title)
    if isinstance(page, AccountPage):
        return page
    if page.store is None:
        return _stop("No numbers can be shown, since the store cannot be used.")
    return _stop(_no_snapshot_text(page))


def begin_without_data(title: str, *, of_all_accounts: bool = False) -> Page:
    """Begin a page that also works without a snapshot.

    A page `of_all_accounts` shows no age of its own and requests nothing from Mimecast. Does not return where the user
    has to sign in first.
    """
    truststore.inject_into_ssl()
    st.set_page_config(
        page_title=f"{title} · {PRODUCT}",
        page_icon=str(PROJECT / "static" / "favicon.png"),
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    warnings = gate.require_sign_in(PRODUCT)
    try:
        context = load_context()
    except UnreadableSecretsError as unreadable:  # the file has changed since the gate read it
        gate.fail_closed(PRODUCT, unreadable)
    context.problems += warnings
    accounts = {account.id: account for account in context.accounts}
    chosen, complaint = params.pick_account(st.query_params.get("account"), list(accounts))
    account = accounts[chosen]
    now = datetime.now(UTC)
    account_state = _load_state(context, account, now)
    draw_sidebar(context, account, account_state)
    settings_problem = context.settings_problem(account)
    shared: dict[str, Any] = {
        "account": account,
        "accounts": tuple(context.accounts),
        "dashboard": context.dashboard,
        "is_sample": context.is_sample,
        "now": now,
        "settings_problem": settings_problem if account.keys is None else None,
        "state": account_state,
    }
    newest = account_state.newest
    page = Page(**shared, store=context.store, newest=newest)
    if context.store and newest:
        page = AccountPage(**shared, store=context.store, newest=newest)
    if of_all_accounts:
        st.title(title, anchor=False)
    else:
        _draw_heading(title, page)
    for problem in context.problems:
        show_problem(problem)
    if complaint:
        show_notice(complaint)
    if not of_all_accounts:
        refresh_messages(page)
        show_implausible_answers(page)
        show_restart_suggestion(page)
    return page


def load_or_stop(load: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `load` reads from the store. Where the store fails, show the problem and stop the page."""
    try:
        return load(*args, **kwargs)
    except StoreError as problem:
        resources.forget_stores()
        show_problem(problem)
        st.stop()


def _load_state(context: AppContext, account: Account, now: datetime) -> AccountState:
    """Return what is stored of the account. Where the store fails, it cannot be used during this run."""
    if context.store is None:
        return AccountState()
    zone = context.dashboard.time_zone
    try:
        account_state = load_account_state(context.store, account.id, reporting_day(now, zone), zone)
    except StoreError as problem:
        resources.forget_stores()
        context.problems.append(problem)
        context.store = None
        return AccountState()
    if misdated := misdated_problem(account.id, account_state.misdated):
        context.problems.append(misdated)
    return account_state


def _draw_heading(title: str, page: Page) -> None:
    with st.container(key="page_heading", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content")
        st.caption(escape_markdown(page.stamp.text) if isinstance(page, AccountPage) else "No snapshot yet.")
        freshness_and_refresh(page)


def _no_snapshot_text(page: Page) -> str:
    if page.state.last_answer:
        return "Every stored answer of this account is implausible, so no numbers can be shown."
    if page.account.keys is None:
        return "No snapshot is stored for this account, and it has no keys to request one with."
    return (
        "No snapshot yet. The first one is being requested from Mimecast, and this page updates when it arrives. You "
        "can import past months on the Setup & data page."
    )


def _stop(text: str) -> NoReturn:
    st.info(text)
    st.stop()
