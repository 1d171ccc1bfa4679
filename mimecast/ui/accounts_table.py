"""All accounts on one page: what they add up to, the table that opens each of them, and charts of chosen ones."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from mimecast.exports.accounts import for_csv, standings_frame
from mimecast.exports.shown import as_csv
from mimecast.figures.accounts import MOST, Panel, accounts_chart
from mimecast.figures.palette import AT_RISK_LINE
from mimecast.figures.stamp import Stamp, StampOfAccounts
from mimecast.history.standings import SPAN, AccountStanding, State
from mimecast.history.store import Store
from mimecast.history.variation import Verdict
from mimecast.narrative import accounts_summary
from mimecast.ui import data, query
from mimecast.ui.drawn import drawn
from mimecast.ui.metrics import sums
from mimecast.ui.page import Page, told_apart
from mimecast.ui.place import download_csv, place
from mimecast.ui.text import plain
from mimecast.wording import UNDEFINED, count_of

DRAWN_AT_FIRST: Final = 6
ROWS_SHOWN: Final = 20
ROW: Final = 35
"""Height of a row, in pixels, as Streamlit draws it."""

COLOURS: Final = {State.FAILING: "red", State.EMPTY: "gray", State.STALE: "orange", State.FRESH: "green"}

TAGS: Final = """<style>
.st-key-accounts_chosen [data-tag] { background: transparent; color: inherit; border: 1px solid; }
</style>"""
"""Streamlit writes chosen values white on the primary colour, which cannot be read in the dark theme."""

_OPENED: Final = "accounts_opened"
_CHOSEN: Final = "accounts_chosen"


def open_clicked(page: Page) -> None:
    """Go to the Overview of the account whose row was clicked, if one was."""
    clicked = st.session_state.get(_OPENED)
    if clicked and 0 <= clicked["row"] < len(page.accounts):
        st.switch_page("app.py", query_params={**query.current(), "account": page.accounts[clicked["row"]].id})


def standings_of(page: Page, store: Store) -> list[AccountStanding]:
    """How every account stands, in the order of the settings. Asks Mimecast for nothing. Raises StoreError."""
    states = {one.id: data.refresher().state(page.subject_of(one)) for one in page.accounts}
    problems = {account: state.problem for account, state in states.items() if state.problem}
    return data.standings().read(store, list(states), problems, page.now, page.zone)


def summary(standings: list[AccountStanding]) -> None:
    st.markdown(f"**{plain(accounts_summary(standings))}**")


def totals(page: Page, standings: list[AccountStanding]) -> None:
    """Sums over all accounts, called sums."""
    stamps = stamps_of(page, standings)
    if not stamps:
        return
    counts = [stamp.newest.counts for stamp in stamps.values()]
    together = StampOfAccounts(tuple(stamps.values()))
    sums(together.users_graded, sum(one.at_risk for one in counts))
    said = f"Sums over {count_of(len(stamps), 'account')}: the newest snapshot of each, {together.instants}."
    missing = len(standings) - len(stamps)
    if missing:
        said += f" {count_of(missing, 'account')} without a snapshot {'is' if missing == 1 else 'are'} not in them."
    st.caption(plain(said))


def accounts_table(page: Page, standings: list[AccountStanding]) -> None:
    """Every account in one table, and its CSV."""
    frame = standings_frame(standings, stamps_of(page, standings), told_apart(page.accounts))
    _table(frame, page.zone.key)
    download_csv(
        lambda: as_csv(for_csv(frame)), file_name=f"{page.common_file_name('accounts')}.csv", key="accounts_csv"
    )


def stamps_of(page: Page, standings: list[AccountStanding]) -> dict[str, Stamp]:
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
        height=ROW * (min(len(shown), ROWS_SHOWN) + 1) + 3,
        placeholder=UNDEFINED,
        key="accounts_table",
        column_config={
            "Account": column.ButtonColumn(
                width=160, type="tertiary", alignment="left", pinned=True, key=_OPENED, help="Opens its Overview."
            ),
            "State": column.MultiselectColumn(width=100, options=list(COLOURS), color=list(COLOURS.values())),
            "At risk": column.NumberColumn(width=80, format="%.1f %%", help="Share of users with grade D or F."),
            "Change": column.NumberColumn(
                f"{SPAN} days", format="%+.1f points", help=f"Change of the share at risk in about {SPAN} days."
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
        alt=f"{count_of(len(shown), 'account')}, one a row: share at risk, its change in {SPAN} days with verdict, its "
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
        frame["verdict"], frame["verdict_days"].fillna(SPAN), frame["judged_points"], strict=True
    ):
        mark = ("▲ " if change > 0 else "▼ ") if verdict == Verdict.MORE else ""
        said.append(f"{mark}{verdict}{'' if days == SPAN else f', in {days} days'}")
    return said


@st.fragment
def chosen_charts(page: Page, standings: list[AccountStanding]) -> None:
    """Small multiples of a few accounts: those with the largest share at risk, until others are chosen."""
    by_share = sorted((one for one in standings if one.share is not None), key=lambda one: -(one.share or 0))
    names = told_apart(page.accounts)
    st.html(TAGS)
    chosen = st.multiselect(
        f"Accounts in the charts, at most {MOST}",
        list(names),
        default=[one.account for one in by_share[:DRAWN_AT_FIRST]],
        format_func=lambda account: names[account],
        max_selections=MOST,
        key=_CHOSEN,
        persist_state="session",
    )
    weeks, stamps = {one.account: one.weeks for one in standings}, stamps_of(page, standings)
    panels = tuple(Panel(names[account], weeks[account], stamps[account]) for account in chosen if account in stamps)
    file_name = page.common_file_name("accounts")
    place(drawn(accounts_chart, panels, page.today, file_name=file_name), key="accounts_chart")
    st.caption(
        "By week, the last snapshot of each, from zero and all to the same height. Grey marks weeks without a share."
    )
