"""The list of users at risk by name: requested when the reader asks for it, held by their session, never stored."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st

from mimecast.api.retry import PAGE_RETRIES
from mimecast.capture.people import UserAtRisk, list_at_risk
from mimecast.domain.people.users import COMPONENT_NAMES, department_name, key_fingerprint
from mimecast.domain.reporting_days import reporting_day
from mimecast.formatting import UNDEFINED, format_date, format_datetime, pluralize
from mimecast.problem import Problem
from mimecast.store.people.errors import key_changed
from mimecast.store.people.read import load_at_risk_since, load_fingerprint
from mimecast.ui.access.audit import log_action
from mimecast.ui.access.guard import fragment
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.access.people_viewers import why_no_names
from mimecast.ui.context import AccountPage
from mimecast.ui.show_problem import show_problem

MAX_ROWS: Final = 200
"""Users that are drawn at a time; the search finds the others."""

KEPT_FOR: Final = timedelta(minutes=30)
"""How long a session keeps the list."""

CHECK_SECONDS: Final = 60.0
"""How often the time of a list, and whether its reader may still see it, are checked without a click."""

_LIST: Final = "users_at_risk"
"""Key of the session's list."""

_SEARCH: Final = "people_search"


@dataclass(frozen=True, slots=True)
class NamesList:
    """The users at risk of an account, when they were requested (UTC), and since when each has been at risk."""

    account: str
    requested_at: datetime
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return f"NamesList({len(self.rows)} users)"


def show_names(page: AccountPage) -> None:
    """Draw the button that requests the list, or the list and its search. Only users who may see names see either.

    It is drawn again every minute, so that a list disappears from screen and memory when its time is up.
    """
    fragment(_draw, run_every=CHECK_SECONDS)(page)


def _draw(page: AccountPage) -> None:
    st.header("Users at risk by name", anchor=False)
    if reason := why_no_names():
        st.session_state.pop(_LIST, None)
        st.info(reason)
        return
    names = st.session_state.get(_LIST)
    if names and (names.account != page.account.id or datetime.now(UTC) - names.requested_at > KEPT_FOR):
        names = None
        del st.session_state[_LIST]
    if names is None:
        opener = st.empty()
        with opener.container():
            st.caption(
                "The list is requested from Mimecast when you open it, kept by this browser session for up to 30 "
                "minutes, and not stored. Opening it is logged."
            )
            is_requested = st.button("Request the list", key="people_open", icon=":material/visibility:")
        names = _request(page) if is_requested else None
        if names is None:
            return
        opener.empty()
        st.session_state[_LIST] = names
    _show_list(page, names)


def _request(page: AccountPage) -> NamesList | None:
    """Request the list and log that it was opened; show the problem and return None where that fails."""
    key = page.dashboard.pseudonym_key
    if key is None:
        return None
    if load_fingerprint(page.store, page.account.id) not in (None, key_fingerprint(key)):
        show_problem(key_changed(page.account.id))  # “at risk since” would be missing for every user
        return None
    log_action(current_user_email(), "opened the list of users at risk by name", page.account.id)
    try:
        with st.spinner("Requesting the list of users from Mimecast…"):
            at_risk = list(list_at_risk(page.account, key, retry_policy=PAGE_RETRIES))
        since = load_at_risk_since(page.store, page.account.id)
    except Problem as problem:
        show_problem(problem)
        return None
    rows = sorted(_row(user, since, page) for user in at_risk)
    return NamesList(page.account.id, datetime.now(UTC), tuple(row[1:] for row in rows))


def _row(at_risk: UserAtRisk, since: dict[bytes, int], page: AccountPage) -> tuple[str, ...]:
    """Return a row of the list after its sort key: F before D, the longest time at risk first."""
    user = at_risk.user
    began = since.get(at_risk.pseudonym)
    day = format_date(reporting_day(datetime.fromtimestamp(began, UTC), page.zone)) if began is not None else UNDEFINED
    order = f"{'0' if user.grade == 'F' else '1'}{began if began is not None else 10**11:012}{user.address.lower()}"
    components = (grade or UNDEFINED for grade in user.components)
    return (
        order,
        user.name or user.address,
        user.address,
        department_name(user.department),
        user.grade,
        *components,
        day,
    )


def _show_list(page: AccountPage, names: NamesList) -> None:
    query = st.text_input("Search by name, address or department", key=_SEARCH).strip().casefold()
    matches = [row for row in names.rows if not query or any(query in cell.casefold() for cell in row[:3])]
    st.html(_table(matches[:MAX_ROWS]))
    requested = format_datetime(names.requested_at, page.zone)
    shown = f" The first {MAX_ROWS} are shown; search to find others." if len(matches) > MAX_ROWS else ""
    st.caption(
        f"{pluralize(len(matches), 'user')} with grade D or F, as of {requested}.{shown} “At risk since” comes from "
        "the stored pseudonyms; a dash means that the user became at risk today, or that the day is unknown."
    )


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    heads = ("Name", "Address", "Department", "Grade", *COMPONENT_NAMES.values(), "At risk since")
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    body = "".join(map(_table_row, rows))
    label = "Users at risk, one per row."
    return (
        f'<div class="scrolling" role="group" tabindex="0" aria-label="{label}">'
        f'<table class="numbers names" aria-label="{label}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _table_row(row: tuple[str, ...]) -> str:
    cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{html.escape(row[0])}</th>{cells}</tr>'
