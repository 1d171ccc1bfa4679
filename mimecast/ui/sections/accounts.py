"""All accounts on one page: what they add up to, the table that opens each of them, and charts of chosen ones."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from mimecast.charts.accounts import MAX_PANELS, Panel, accounts_chart
from mimecast.charts.palette import AT_RISK_LINE
from mimecast.domain.account_status import CHANGE_DAYS, AccountStatus, Freshness
from mimecast.domain.variation import Verdict
from mimecast.formatting import UNDEFINED, pluralize
from mimecast.reports.accounts_table import accounts_frame, with_flat_weeks
from mimecast.reports.tables import to_csv
from mimecast.store.store import Store
from mimecast.text.stamp import AccountsStamp, Stamp
from mimecast.text.summaries import accounts_summary
from mimecast.ui import resources
from mimecast.ui.chart_cache import cached_chart
from mimecast.ui.context import Page, distinct_labels
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.url import state
from mimecast.ui.widgets.charts import offer_csv, show_chart
from mimecast.ui.widgets.metrics import totals_cards

DEFAULT_PANELS: Final = 6
MAX_VISIBLE_ROWS: Final = 20
ROW_HEIGHT: Final = 35
"""Height of a row, in pixels, as Streamlit draws it."""

FRESHNESS_COLOURS: Final = {
    Freshness.FAILING: "red",
    Freshness.EMPTY: "gray",
    Freshness.STALE: "orange",
    Freshness.FRESH: "green",
}

TAG_STYLE: Final = """<style>
.st-key-accounts_chosen [data-tag] { background: transparent; color: inherit; border: 1px solid; }
</style>"""
"""Streamlit writes chosen values white on the primary colour, which cannot be read in the dark theme."""

_OPENED: Final = "accounts_opened"
_CHOSEN: Final = "accounts_chosen"


def open_clicked(page: Page) -> None:
    """Go to the Overview of the account whose row was clicked, if one was."""
    clicked = st.session_state.get(_OPENED)
    if clicked and 0 <= clicked["row"] < len(page.accounts):
        st.switch_page("app.py", query_params={**state.current(), "account": page.accounts[clicked["row"]].id})


def load_statuses(page: Page, store: Store) -> list[AccountStatus]:
    """How every account stands, in the order of the settings. Asks Mimecast for nothing. Raises StoreError."""
    states = {one.id: resources.refresher().state(page.subject_of(one)) for one in page.accounts}
    problems = {account: state.problem for account, state in states.items() if state.problem}
    return resources.account_statuses().read(store, list(states), problems, page.now, page.zone)


def show_summary(standings: list[AccountStatus]) -> None:
    st.markdown(f"**{escape_markdown(accounts_summary(standings))}**")


def show_totals(page: Page, standings: list[AccountStatus]) -> None:
    """Sums over all accounts, called sums."""
    stamps = stamps_of(page, standings)
    if not stamps:
        return
    counts = [stamp.newest.counts for stamp in stamps.values()]
    together = AccountsStamp(tuple(stamps.values()))
    totals_cards(together.users_graded, sum(one.at_risk for one in counts))
    said = f"Sums over {pluralize(len(stamps), 'account')}: the newest snapshot of each, {together.instants}."
    missing = len(standings) - len(stamps)
    if missing:
        said += f" {pluralize(missing, 'account')} without a snapshot {'is' if missing == 1 else 'are'} not in them."
    st.caption(escape_markdown(said))


def show_table(page: Page, standings: list[AccountStatus]) -> None:
    """Every account in one table, and its CSV."""
    frame = accounts_frame(standings, stamps_of(page, standings), distinct_labels(page.accounts))
    _table(frame, page.zone.key)
    offer_csv(
        lambda: to_csv(with_flat_weeks(frame)), file_name=f"{page.common_file_name('accounts')}.csv", key="accounts_csv"
    )


def stamps_of(page: Page, standings: list[AccountStatus]) -> dict[str, Stamp]:
    """The stamp of each account that has a snapshot."""
    names = {one.id: one.name for one in page.accounts}
    return {one.account: Stamp(names[one.account], one.newest, page.zone, page.now) for one in standings if one.newest}


def _table(frame: pd.DataFrame, zone: str) -> None:
    column = st.column_config
    shown = pd.DataFrame(
        {
            "Account": [_label(name) for name in frame["name"]],
            "State": [[state] for state in frame["state"]],
            "At risk": frame["at_risk_percent"].round(1),
            "Change": frame["change_points"],
            "Verdict": _verdicts(frame),
            "Last year": frame["at_risk_percent_by_week"],
            "Users graded": frame["users_graded"],
            "Last snapshot": _instants(frame["taken_at"]),
            "Reason": frame["reason"],
            "Compared with": _instants(frame["compared_with"]),
        }
    )
    highest = max((max(shares) for shares in frame["at_risk_percent_by_week"] if shares), default=1.0)
    st.dataframe(
        shown,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(shown), MAX_VISIBLE_ROWS) + 1) + 3,
        placeholder=UNDEFINED,
        key="accounts_table",
        column_config={
            "Account": column.ButtonColumn(
                width=160, type="tertiary", alignment="left", pinned=True, key=_OPENED, help="Opens its Overview."
            ),
            "State": column.MultiselectColumn(
                width=100, options=list(FRESHNESS_COLOURS), color=list(FRESHNESS_COLOURS.values())
            ),
            "At risk": column.NumberColumn(width=80, format="%.1f %%", help="Share of users with grade D or F."),
            "Change": column.NumberColumn(
                f"{CHANGE_DAYS} days",
                format="%+.1f points",
                help=f"Change of the share at risk in about {CHANGE_DAYS} days.",
            ),
            "Verdict": column.TextColumn(help="Judged by the account's own earlier changes."),
            "Last year": column.LineChartColumn(
                y_min=0,
                y_max=highest,
                color=AT_RISK_LINE,
                help="Share at risk by week, from zero, all rows to the same height; it begins after the last week "
                "without a snapshot.",
            ),
            "Users graded": column.NumberColumn(format="localized"),
            "Last snapshot": column.DatetimeColumn(f"Last snapshot, {zone}", format="D MMM YYYY, HH:mm", timezone=zone),
            "Reason": column.TextColumn(width="large", help="Why an account is failing, stale or empty."),
            "Compared with": column.DatetimeColumn(
                format="D MMM YYYY", timezone=zone, help="The day of the snapshot that the change is counted from."
            ),
        },
        alt=f"{pluralize(len(shown), 'account')}, one a row: share at risk, its change in {CHANGE_DAYS} days "
        f"with verdict, its "
        "last year by week, users graded, last snapshot, and state with reason.",
    )


def _label(name: str) -> str:
    """A name on a button, in which Streamlit must find no icon."""
    return name.replace(":material/", ":\u2060material/")


def _instants(texts: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    return pd.to_datetime(texts, format="%Y-%m-%dT%H:%M:%SZ", utc=True, cache=False)


def _verdicts(frame: pd.DataFrame) -> list[str]:
    """The verdict; the direction of a change that is more than usual, and the days where 30 have too little history."""
    said = []
    for verdict, days, change in zip(
        frame["verdict"], frame["verdict_days"].fillna(CHANGE_DAYS), frame["judged_points"], strict=True
    ):
        mark = ("▲ " if change > 0 else "▼ ") if verdict == Verdict.MORE else ""
        said.append(f"{mark}{verdict}{'' if days == CHANGE_DAYS else f', in {days} days'}")
    return said


@st.fragment
def show_chosen_charts(page: Page, standings: list[AccountStatus]) -> None:
    """Small multiples of a few accounts: those with the largest share at risk, until others are chosen."""
    by_share = sorted((one for one in standings if one.share is not None), key=lambda one: -(one.share or 0))
    names = distinct_labels(page.accounts)
    st.html(TAG_STYLE)
    chosen = st.multiselect(
        f"Accounts in the charts, at most {MAX_PANELS}",
        list(names),
        default=[one.account for one in by_share[:DEFAULT_PANELS]],
        format_func=lambda account: names[account],
        max_selections=MAX_PANELS,
        key=_CHOSEN,
        persist_state="session",
    )
    weeks, stamps = {one.account: one.weeks for one in standings}, stamps_of(page, standings)
    panels = tuple(Panel(names[account], weeks[account], stamps[account]) for account in chosen if account in stamps)
    file_name = page.common_file_name("accounts")
    show_chart(cached_chart(accounts_chart, panels, page.today, file_name=file_name), key="accounts_chart")
    st.caption(
        "By week, the last snapshot of each, from zero and all to the same height. Grey marks weeks without a share."
    )
