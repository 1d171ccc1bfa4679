"""The first call of every page: its title, the sidebar, the account, and whatever is wrong, said once at the top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st
import truststore

from mimecast.figures.stamp import SAMPLE_MARK, ComparedStamp, Stamp
from mimecast.history.comparison import Comparison
from mimecast.history.database import StoreError
from mimecast.history.snapshot import Snapshot
from mimecast.history.store import Store
from mimecast.history.timeline import reporting_day
from mimecast.settings import PROJECT, Account, Dashboard, SettingsError
from mimecast.ui import address, data, query, signin
from mimecast.ui.as_of import as_of, outcome
from mimecast.ui.banners import notice, show_problem
from mimecast.ui.text import plain

PRODUCT: Final = "SAFE Score"

PAGES: Final = (
    ("app.py", "Overview", ":material/speed:"),
    ("pages/history.py", "History", ":material/timeline:"),
    ("pages/compare.py", "Compare", ":material/compare_arrows:"),
    ("pages/report.py", "Report", ":material/slideshow:"),
    ("pages/accounts.py", "Accounts", ":material/table_rows:"),
    ("pages/connection.py", "Connection", ":material/network_check:"),
)
"""Every page in the order of the sidebar: script, title, icon."""

OF_SEVERAL: Final = "pages/accounts.py"
"""In the sidebar only where there is more than one account."""


@dataclass
class Page:
    """What a page draws from. Without a store or a snapshot there is no stamp, and figures say why they are empty."""

    account: Account
    store: Store | None
    dashboard: Dashboard
    is_sample: bool
    now: datetime
    newest: Snapshot | None
    wrong_settings: SettingsError | None = None
    """Why the account has no keys, where that is so."""
    accounts: list[Account] = field(default_factory=list)
    """All that there are, in their order."""

    @property
    def subject(self) -> tuple[object, ...]:
        """What tells this account from others where its requests are kept apart."""
        return self.subject_of(self.account)

    def subject_of(self, account: Account) -> tuple[object, ...]:
        return (account, self.is_sample)

    @property
    def zone(self) -> ZoneInfo:
        return self.dashboard.time_zone

    @property
    def stamp(self) -> Stamp | None:
        return Stamp(self.account.name, self.newest, self.zone, self.now) if self.newest else None

    def compared_stamp(self, comparison: Comparison) -> ComparedStamp:
        """The stamp of what is drawn from two snapshots."""
        return ComparedStamp(self.account.name, comparison.now, self.zone, self.now, comparison.then)

    @property
    def today(self) -> date:
        """The reporting day that is going on."""
        return reporting_day(self.now, self.zone)

    def file_name(self, subject: str) -> str:
        """`safe-score-history-contoso-2026-11-24`, without an ending."""
        return self.common_file_name(f"{subject}-{self.account.id}")

    def common_file_name(self, subject: str) -> str:
        """`safe-score-accounts-2026-11-24`, for what is not of one account only."""
        sample = "SAMPLE-DATA-" if self.is_sample else ""
        return f"{sample}safe-score-{subject}-{self.today}"

    @contextmanager
    def reading(self) -> Iterator[Store | None]:
        """For everything that reads the store while drawing: should it fail meanwhile, that is said in its place."""
        try:
            yield self.store
        except StoreError as problem:
            data.forget_stores()
            show_problem(problem)


def begin(title: str, *, of_all_accounts: bool = False) -> Page:
    """Set the page up. Call it first, once; it draws the sidebar, the title and the banners.

    A page `of_all_accounts` says by itself how old its numbers are, and asks Mimecast for nothing. Does not return
    where somebody has to sign in first.
    """
    truststore.inject_into_ssl()
    st.set_page_config(
        page_title=f"{title} · {PRODUCT}", page_icon=str(PROJECT / "static" / "favicon.png"), layout="wide"
    )
    cautions = signin.demand(PRODUCT, _script(title))
    loaded = data.load()
    loaded.problems += cautions
    known = {account.id: account for account in loaded.accounts}
    chosen, complaint = address.pick_account(st.query_params.get("account"), list(known))
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
        notice(complaint)
    if not of_all_accounts:
        outcome(page)
    return page


def _script(title: str) -> str:
    return next((script for script, known, _ in PAGES if known == title), PAGES[0][0])


def _sidebar(loaded: data.Data, account: Account) -> None:
    with st.sidebar:
        st.markdown(f"**{PRODUCT}**")
        for script, title, icon in PAGES:
            if script == OF_SEVERAL and len(loaded.accounts) < 2:
                continue
            st.page_link(script, label=title, icon=icon, query_params=query.current())
        if len(loaded.accounts) > 1:
            _account_picker(loaded.accounts, account)
        if loaded.is_sample:
            st.badge(SAMPLE_MARK, color="orange")
            st.caption(
                "A made-up company. To see your own, follow “Connect a real account” in README.md, "
                "then reload this page."
            )
        signin.who_is_here()


def _account_picker(accounts: list[Account], account: Account) -> None:
    names = told_apart(accounts)
    key = "account_picker"

    def chosen() -> None:
        query.choose({"account": st.session_state[key]}, instead_of=("account",))

    st.session_state[key] = account.id
    st.selectbox("Account", list(names), key=key, format_func=lambda one: names[one], on_change=chosen)


def told_apart(accounts: list[Account]) -> dict[str, str]:
    """What each account, by its id, is called where one is chosen: its name, with its id where others have that name.
    Streamlit tells choices apart by what they are called."""
    times = Counter(one.name for one in accounts)
    return {one.id: one.name if times[one.name] == 1 else f"{one.name} ({one.id})" for one in accounts}


def _newest(loaded: data.Data, account: Account) -> Snapshot | None:
    if loaded.store is None:
        return None
    try:
        return loaded.store.newest(account.id)
    except StoreError as problem:
        data.forget_stores()
        loaded.problems.append(problem)
        loaded.store = None
        return None


def _heading(title: str, page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.title(title, anchor=False, width="content")
        as_of(page)
    stamp = page.stamp
    st.caption(plain(stamp.text) if stamp else "No snapshot yet.")
