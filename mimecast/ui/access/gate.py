"""The gate before every page: a user who is not signed in or not allowed sees the reason, and no number.

Streamlit reads `st.user` from its signed cookie when a browser connects. Everything else is decided again at each run,
so that a user who is taken off a list is out at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NoReturn
from urllib.parse import urlsplit

import streamlit as st
from streamlit.logger import get_logger

from mimecast.formatting import format_duration
from mimecast.problem import Problem
from mimecast.settings.auth import SESSION_LIFETIME, AccessDecision, AuthSettings, decide_access
from mimecast.settings.reachability import OpenToOthers, ServerOptions, why_reachable
from mimecast.ui.access.audit import log_action
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.access.policy import load_auth, own_origin
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.show_problem import show_notice, show_problem

_LOGGED: Final = "access_logged"
_SIGNING_OUT: Final = "signing_out"

NO_PAGE_SHOWN: Final = "No page is shown until this is fixed."

REFUSALS: Final = {
    AccessDecision.UNVERIFIED: "your identity provider does not say that your e-mail address is verified. Ask the "
    "administrator of this dashboard to follow “Sign-in” in docs/team.md.",
    AccessDecision.NOT_ALLOWED: "you are not on the list of users who may see this dashboard. Ask its administrator to "
    "add you.",
}


class OpenToAnySignedIn(Problem):
    """Sign-in is set up without an allow list."""

    title = "Anyone your identity provider authenticates can view this dashboard"
    remedy = 'Add a list: allowed_domains = ["contoso.com"], or allowed_emails.'


def require_sign_in(product: str) -> list[Problem]:
    """Let a user who may see the page pass, and return what to warn of. Others see the sign-in or the reason only."""
    try:
        auth = load_auth()
    except Problem as problem:
        fail_closed(product, problem)
    if auth is None:
        return _warn_if_open()
    if st.session_state.get(_SIGNING_OUT):
        _sign_out()
    decision = decide_access(st.user.to_dict(), auth, datetime.now(UTC))
    if decision is AccessDecision.SIGNED_OUT:
        _show_sign_in(product, auth, "Sign in to see this dashboard.")
    if decision is AccessDecision.EXPIRED:
        lifetime = format_duration(SESSION_LIFETIME)
        _show_sign_in(product, auth, f"Your sign-in has expired: it lasts {lifetime}.")
    if decision is not AccessDecision.ALLOWED:
        _log_once_per_session("was refused")
        _show_refusal(product, REFUSALS[decision])
    _log_once_per_session("signed in")
    if auth.admits_anyone_signed_in:
        return [OpenToAnySignedIn("[dashboard] has no list of users who may see it.")]
    return []


def show_signed_in_user() -> None:
    """Draw who is signed in, and the way out."""
    if email := current_user_email():
        st.caption(escape_markdown(f"Signed in as {email}"))
        _sign_out_button()


def fail_closed(product: str, problem: Problem) -> NoReturn:
    """Show a problem instead of the page."""
    st.title(product, anchor=False)
    show_problem(problem, added=NO_PAGE_SHOWN)
    st.stop()


def why_reachable_by_others() -> str:
    """Return how other computers reach the dashboard, as a clause; empty where only this computer can."""
    options = ServerOptions(st.get_option("server.address"), tuple(st.get_option("server.allowedHosts") or ()))
    page_host = urlsplit(st.context.url or "").hostname or ""
    return why_reachable(options, page_host=page_host, headers=st.context.headers)


def _warn_if_open() -> list[Problem]:
    reason = why_reachable_by_others()
    if not reason:
        return []
    problem = OpenToOthers(f"Sign-in is not required, and {reason}.")
    _log_once(str(problem))
    return [problem]


def _log_once_per_session(action: str) -> None:
    """Log a decision about the user of this session, unless it is the last one that was logged."""
    if st.session_state.get(_LOGGED) != action:
        st.session_state[_LOGGED] = action
        log_action(str(st.user.to_dict().get("email") or ""), action)


@lru_cache(maxsize=16)
def _log_once(message: str) -> None:
    get_logger(__name__).warning("%s", message)


def _show_sign_in(product: str, auth: AuthSettings, text: str) -> NoReturn:
    st.title(product, anchor=False)
    st.markdown(escape_markdown(text))
    for provider in auth.providers:
        label = f"Sign in with {escape_markdown(provider)}" if provider else "Sign in"
        if st.button(label, icon=":material/login:", key=f"sign_in_{provider}"):
            st.login(provider or None)
    opened, registered = _origin(st.context.url), own_origin(auth)
    if opened and opened != registered:
        show_notice(f"You opened {opened}, but sign-in returns to {registered}. Open the dashboard there to sign in.")
    st.stop()


def _show_refusal(product: str, reason: str) -> NoReturn:
    email = st.user.to_dict().get("email")
    st.title(product, anchor=False)
    st.markdown(escape_markdown(f"You are signed in{f' as {email}' if email else ''}, but {reason}"))
    _sign_out_button()
    st.stop()


def _sign_out_button() -> None:
    if st.button("Sign out", icon=":material/logout:", key="sign_out"):
        _sign_out()


def _sign_out() -> NoReturn:
    """Send the browser to where its cookie is deleted.

    Streamlit drops that message when another run follows at once, so all later runs of the session repeat it.
    """
    st.session_state[_SIGNING_OUT] = True
    st.logout()
    st.markdown("Signing out …")
    st.stop()


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
