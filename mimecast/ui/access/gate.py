"""The gate before every page: a user who is not signed in or not allowed sees the reason, and no number.

Streamlit reads `st.user` from its signed cookie when a browser connects. Everything else is decided again at each run,
so that a user who is taken off a list is out at once.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn
from urllib.parse import urlsplit

import streamlit as st

from mimecast.formatting import format_duration
from mimecast.problem import Problem
from mimecast.settings.auth import (
    SESSION_LIFETIME,
    AccessDecision,
    AuthSettings,
    decide_access,
    may_configure_auth,
    read_auth,
)
from mimecast.settings.secrets_files import secrets_files
from mimecast.settings.validation import SettingsError, is_loopback
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.banners import show_notice, show_problem
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.secrets import read_secrets

NO_PAGE_SHOWN: Final = "No page is shown until this is fixed."

REFUSALS: Final = {
    AccessDecision.UNVERIFIED: "your identity provider does not say that your e-mail address is verified. Ask the "
    "administrator of this dashboard: docs/running.md has the remedy.",
    AccessDecision.NOT_ALLOWED: "you are not on the list of users who may see this dashboard. Ask its administrator to "
    "add you.",
}


class AuthlibMissing(Problem):
    """A library that sign-in needs is not installed."""

    title = "Sign-in is not possible"
    remedy = "Install it with: pip install -r requirements.txt. Then restart the dashboard."


class SignInRemoved(Problem):
    """The dashboard ran with sign-in, and the settings no longer have it."""

    title = "Sign-in is no longer configured"
    remedy = "Put [auth] back into secrets.toml, or restart the dashboard to run it without."


class OpenToOthers(Problem):
    """Other computers can reach the dashboard, and no one has to sign in."""

    title = "Anyone on the network can view this dashboard"
    remedy = (
        "Set up [auth], see docs/running.md, or let the server listen on this computer only: "
        'address = "127.0.0.1" in .streamlit/config.toml.'
    )


class OpenToAnySignedIn(Problem):
    """Sign-in is configured without a list of users."""

    title = "Anyone your identity provider authenticates can view this dashboard"
    remedy = 'Add a list: allowed_domains = ["contoso.com"], or allowed_emails.'


@dataclass
class AuthMemory:
    """Whether this process has seen [auth]: a file that is being rewritten must not open the pages for a moment."""

    auth_was_configured: bool = False


AUTH_MEMORY: Final = AuthMemory()
"""Of this process. It is not in Streamlit's caches, which any visitor can clear."""


def require_sign_in(product: str) -> list[Problem]:
    """Let a user who may see the page pass, and return what to warn of. Others see the sign-in or the reason only."""
    auth = _load_auth(product)
    if auth is None:
        return _warn_if_open()
    decision = decide_access(st.user.to_dict(), auth, datetime.now(UTC))
    if decision is AccessDecision.SIGNED_OUT:
        _show_sign_in(product, auth, "Sign in to see this dashboard.")
    if decision is AccessDecision.EXPIRED:
        lifetime = format_duration(SESSION_LIFETIME)
        _show_sign_in(product, auth, f"Your sign-in has expired: it lasts {lifetime}.")
    if decision is not AccessDecision.ALLOWED:
        _show_refusal(product, REFUSALS[decision])
    if auth.admits_anyone_signed_in:
        return [OpenToAnySignedIn("[dashboard] has no list of users who may see it.")]
    return []


def show_signed_in_user() -> None:
    """Draw who is signed in, and the way out."""
    if email := current_user_email():
        st.caption(escape_markdown(f"Signed in as {email}"))
        _sign_out_button()


def _load_auth(product: str) -> AuthSettings | None:
    """Return how users sign in, or None where they need not. Fails closed where that is unknown or cannot work."""
    try:
        secrets = read_secrets()
    except SettingsError as problem:
        if AUTH_MEMORY.auth_was_configured or may_configure_auth(secrets_files()):
            fail_closed(product, problem)
        return None
    try:
        auth = read_auth(secrets)
    except SettingsError as problem:
        fail_closed(product, problem)
    if auth is None:
        if AUTH_MEMORY.auth_was_configured:
            fail_closed(product, SignInRemoved("The dashboard was started with [auth] in its secrets, which is gone."))
        return None
    AUTH_MEMORY.auth_was_configured = True
    for library in ("authlib", "httpx"):
        try:
            importlib.import_module(library)
        except ImportError:
            fail_closed(product, AuthlibMissing(f"[auth] is set up, but the library {library} is not installed."))
    return auth


def fail_closed(product: str, problem: Problem) -> NoReturn:
    """Show a problem instead of the page."""
    st.title(product, anchor=False)
    show_problem(problem, added=NO_PAGE_SHOWN)
    st.stop()


def _warn_if_open() -> list[Problem]:
    address = st.get_option("server.address")
    if address and (is_loopback(address) or address.startswith("unix:")):
        return []
    where = f"on {address}" if address else "on every address of this computer"
    return [OpenToOthers(f"The server listens {where}, and no one has to sign in.")]


def _show_sign_in(product: str, auth: AuthSettings, text: str) -> NoReturn:
    st.title(product, anchor=False)
    st.markdown(escape_markdown(text))
    for provider in auth.providers:
        label = f"Sign in with {escape_markdown(provider)}" if provider else "Sign in"
        if st.button(label, icon=":material/login:", key=f"sign_in_{provider}"):
            st.login(provider or None)
    here, there = _origin(st.context.url), auth.origin.replace("{port}", str(st.get_option("server.port")))
    if here and here != there:
        show_notice(f"You are at {here}, and sign-in leads to {there}. Open the dashboard there to sign in.")
    st.stop()


def _show_refusal(product: str, reason: str) -> NoReturn:
    email = st.user.to_dict().get("email")
    st.title(product, anchor=False)
    st.markdown(escape_markdown(f"You are signed in{f' as {email}' if email else ''}, but {reason}"))
    _sign_out_button()
    st.stop()


def _sign_out_button() -> None:
    if st.button("Sign out", icon=":material/logout:", key="sign_out"):
        st.logout()


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
