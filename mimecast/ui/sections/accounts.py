"""All accounts on one page: a summary, totals, the table that opens each of them, and charts of chosen ones."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from mimecast.charts.accounts import MAX_PANELS, Panel, accounts_chart
from mimecast.charts.chart import Chart
from mimecast.domain.account_status import CHANGE_DAYS
from mimecast.domain.freshness import Freshness
from mimecast.domain.normal_range import Verdict
from mimecast.formatting import UNDEFINED, pluralize
from mimecast.palette import AT_RISK_LINE
from mimecast.text.accounts import accounts_summary
from mimecast.text.stamp import AccountsStamp
from mimecast.ui.access.guard import fragment
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import Page
from mimecast.ui.download_frames.accounts import with_flat_weeks
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.page_data.accounts import AccountsData
from mimecast.ui.url import state
from mimecast.ui.widgets.charts import show_chart
from mimecast.ui.widgets.download_links import offer_csv
from mimecast.ui.widgets.grade_tables import points_format, signed_points
from mimecast.ui.widgets.key_numbers import show_totals

DEFAULT_PANELS: Final = 6
MAX_VISIBLE_ROWS: Final = 20

ROW_HEIGHT: Final = 35
"""Height of a row as Streamlit draws it, in pixels."""

FRESHNESS_COLOURS: Final = {
    Freshness.FAILING: "red",
    Freshness.EMPTY: "gray",
    Freshness.STALE: "orange",
    Freshness.FRESH: "green",
}

_OPENED: Final = "accounts_opened"
_CHOSEN: Final = "accounts_chosen"


def open_clicked(data: AccountsData) -> None:
    """Go to the Overview of the account whose row was clicked, if one was."""
    clicked = st.session_state.get(_OPENED)
    if clicked and 0 <= clicked["row"] < len(data.statuses):
        st.switch_page("app.py", query_params={**state.current(), "account": data.statuses[clicked["row"]].account})


def show_accounts_summary(data: AccountsData) -> None:
    """Draw the sentence about what needs attention."""
    st.markdown(f"**{escape_markdown(accounts_summary(data.statuses, data.labels))}**")


def show_accounts_totals(data: AccountsData) -> None:
    """Draw what the newest snapshots of all accounts add up to."""
    if not data.stamps:
        return
    stamp = AccountsStamp(tuple(data.stamps.values()))
    show_totals(stamp.users_graded, sum(each.newest.counts.at_risk for each in data.stamps.values()))
    caption = f"Totals of {pluralize(len(data.stamps), 'account')}: the newest snapshot of each, {stamp.instants}."
    missing = len(data.statuses) - len(data.stamps)
    if missing:
        verb = "is" if missing == 1 else "are"
        caption += f" {pluralize(missing, 'account')} without a snapshot {verb} not included."
    st.caption(escape_markdown(caption))


def show_accounts_table(page: Page, data: AccountsData) -> None:
    """Draw every account in one table, and offer its CSV."""
    _draw_table(data.table, page.zone.key)
    file_name = f"{page.common_file_name('accounts')}.csv"
    table = data.table
    offer_csv(lambda: with_flat_weeks(table), file_name=file_name, key="accounts_csv")


@fragment
def show_chosen_charts(page: Page, data: AccountsData) -> None:
    """Draw small multiples of chosen accounts, at first those with the largest share at risk."""
    with_share = [status for status in data.statuses if status.at_risk_share is not None]
    by_share = sorted(with_share, key=lambda status: -(status.at_risk_share or 0))
    chosen = st.multiselect(
        f"Accounts in the charts (at most {MAX_PANELS})",
        list(data.labels),
        default=[status.account for status in by_share[:DEFAULT_PANELS]],
        format_func=lambda account: data.labels[account],
        max_selections=MAX_PANELS,
        key=_CHOSEN,
        persist_state="session",
    )
    show_chart(_chart(page, data, tuple(chosen)), key="accounts_chart")
    st.caption(
        "One value per week, from its last snapshot. All charts have the same scale, which starts at zero. Weeks "
        "without a share at risk are grey."
    )


def _chart(page: Page, data: AccountsData, chosen: tuple[str, ...]) -> Chart | str:
    weeks = {status.account: status.weeks for status in data.statuses}
    panels = [
        Panel(data.labels[account], weeks[account], data.stamps[account])
        for account in chosen
        if account in data.stamps
    ]
    panels = [panel for panel in panels if panel.has_share]
    if not panels or page.store is None:
        return "None of the chosen accounts has a share at risk in the last year."
    stamp = AccountsStamp(tuple(panel.stamp for panel in panels))
    key = ("accounts chart", chosen, tuple(panel.name for panel in panels), page.today, page.zone.key, *stamp.lines)
    file_name = page.common_file_name("accounts")
    return PAGE_CACHE.get(page.store, key, lambda: accounts_chart(panels, page.today, file_name=file_name))


def _draw_table(frame: pd.DataFrame, zone: str) -> None:
    column = st.column_config
    shown = pd.DataFrame(
        {
            "Account": [_without_icons(name) for name in frame["name"]],
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
        signed_points(shown, "Change"),
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
            "At risk": column.NumberColumn(width=80, format="%.1f%%", help="Share of users with grade D or F."),
            "Change": column.NumberColumn(
                f"{CHANGE_DAYS} days",
                format=points_format(shown),
                help=f"Change in the share at risk over about {CHANGE_DAYS} days.",
            ),
            "Verdict": column.TextColumn(help="Based on the account's own earlier changes."),
            "Last year": column.LineChartColumn(
                "Past year",
                y_min=0,
                y_max=highest,
                color=AT_RISK_LINE,
                help="Share at risk by week, since the last week without a snapshot. All rows have the same scale, "
                "which starts at zero.",
            ),
            "Users graded": column.NumberColumn(format="localized"),
            "Last snapshot": column.DatetimeColumn(f"Last snapshot, {zone}", format="D MMM YYYY, HH:mm", timezone=zone),
            "Reason": column.TextColumn(
                width="large",
                help="Why an account is failing or stale or has nothing yet, and which answer is implausible.",
            ),
            "Compared with": column.DatetimeColumn(
                format="D MMM YYYY", timezone=zone, help="The day that the change is counted from."
            ),
        },
        alt=f"{pluralize(len(shown), 'account')}, one per row: share at risk, its change in {CHANGE_DAYS} days with "
        "verdict, its values by week over the past year, users graded, last snapshot, and state with reason.",
    )


def _without_icons(name: str) -> str:
    """Return a name for a button, in which Streamlit must find no icon."""
    return name.replace(":material/", ":\u2060material/")


def _instants(texts: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    return pd.to_datetime(texts, format="%Y-%m-%dT%H:%M:%SZ", utc=True, cache=False)


def _verdicts(frame: pd.DataFrame) -> list[str]:
    """Return the verdicts, with the direction of a change outside the normal range."""
    return [
        f"{'▲' if change > 0 else '▼'} {verdict}" if verdict == Verdict.OUTSIDE else verdict
        for verdict, change in zip(frame["verdict"], frame["judged_points"], strict=True)
    ]
