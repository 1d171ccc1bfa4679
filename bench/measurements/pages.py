"""Pages of the dashboard that are measured, each over a generated store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bench.harness.servers import Server
from bench.harness.stores import MANY_ACCOUNTS, MANY_PEOPLE, ONE_YEAR, TEN_DAYS, TEN_YEARS_HOURLY, StorePlan


@dataclass(frozen=True)
class MeasuredPage:
    """A page over a generated store, by the end of its URL path and its query."""

    name: str
    plan: StorePlan
    path: str = ""
    query: str = ""
    in_summary: bool = True

    def url(self, server: Server) -> str:
        """Return the page's URL on a server."""
        return f"{server.url}/{self.path}{f'?{self.query}' if self.query else ''}"


OVERVIEW: Final = MeasuredPage("Overview, one year daily", ONE_YEAR)
OVERVIEW_TEN_DAYS: Final = MeasuredPage("Overview, ten days daily", TEN_DAYS, in_summary=False)
OVERVIEW_HOURLY: Final = MeasuredPage("Overview, ten years hourly", TEN_YEARS_HOURLY, in_summary=False)
HISTORY: Final = MeasuredPage("History, one year daily", ONE_YEAR, "history")
HISTORY_TEN_DAYS: Final = MeasuredPage(
    "History, ten days daily, all", TEN_DAYS, "history", "range=all", in_summary=False
)
HISTORY_HOURLY: Final = MeasuredPage(
    "History, ten years hourly, all", TEN_YEARS_HOURLY, "history", "range=all", in_summary=False
)
PEOPLE: Final = MeasuredPage("People, 50,000 users daily", MANY_PEOPLE, "people")
ACCOUNTS: Final = MeasuredPage("Accounts, 500 accounts, five years daily", MANY_ACCOUNTS, "accounts")

PAGES: Final = (
    OVERVIEW,
    OVERVIEW_TEN_DAYS,
    OVERVIEW_HOURLY,
    HISTORY,
    HISTORY_TEN_DAYS,
    HISTORY_HOURLY,
    PEOPLE,
    ACCOUNTS,
)

COMPARED_ONLY: Final = frozenset(page.name for page in PAGES if not page.in_summary)
"""Names of the pages that a summary leaves out, except where another page is compared with them."""
