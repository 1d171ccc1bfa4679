"""The gate before every page: whoever is not signed in and allowed sees why, and no number.

Streamlit's `st.user` is read from its signed cookie when a browser connects; everything else is asked again at each
run, so that somebody who is taken off a list is out at once.
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
from mimecast.ui.access import return_to
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.banners import show_notice, show_problem
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.secrets import read_secrets

FIRST_PAGE: Final = "app.py"
NO_PAGE_SHOWN: Final = "Until this is mended no page is shown."
REFUSALS: Final = {
    AccessDecision.UNVERIFIED: "the identity provider does not say that your e-mail address is verified. Ask "
    "whoever runs "
    "this dashboard: docs/running.md has the remedy.",
    AccessDecision.NOT_ALLOWED: "you are not on the list of those who may see this dashboard. Ask whoever runs "
    "it to put "
    "you there.",
}


class AuthlibMissing(Problem):
    title = "Sign-in is not possible"
    remedy = "Install it with: pip install -r requirements.txt. Then start the dashboard again."


class SignInRemoved(Problem):
    title = "Sign-in is set up no longer"
    remedy = "Put [auth] back into secrets.toml, or start the dashboard again to run it without."


class OpenToOthers(Problem):
    title = "Everybody on the network can see this dashboard"
    remedy = (
        "Set [auth] up, see docs/running.md, or let the server listen on this computer only: "
        'address = "127.0.0.1" in .streamlit/config.toml.'
    )


class OpenToAnySignedIn(Problem):
    title = "Everybody whom the identity provider signs in can see this dashboard"
    remedy = 'Add one: allowed_domains = ["contoso.com"], or allowed_emails.'


def require_sign_in(product: str, script: str) -> list[Problem]:
    """Draw nothing but the sign-in, and stop, unless whoever looks may see the page; what to warn of is returned.

    `script` is the page's own, to come back to.
    """
    rules = _rules(product)
    if rules is None:
        return _open_to_others()
    found = decide_access(st.user.to_dict(), rules, datetime.now(UTC))
    if found is AccessDecision.SIGNED_OUT:
        _sign_in(product, script, rules, "Sign in to see this dashboard.")
    if found is AccessDecision.EXPIRED:
        _sign_in(product, script, rules, f"Your sign-in has ended: it is good for {format_duration(SESSION_LIFETIME)}.")
    if found is not AccessDecision.ALLOWED:
        _turn_away(product, REFUSALS[found])
    if script == FIRST_PAGE and not st.query_params:
        return_to.redirect()
    return [OpenToAnySignedIn("[dashboard] holds no list of those who may.")] if rules.admits_anyone_signed_in else []


def show_signed_in_user() -> None:
    """For the sidebar: who is signed in, and the way out."""
    if email := current_user_email():
        st.caption(escape_markdown(f"Signed in as {email}"))
        _sign_out()


def _rules(product: str) -> AuthSettings | None:
    """None where nobody has to sign in. Stops where that cannot be told, or where sign-in cannot work."""
    memory = _memory()
    try:
        secrets = read_secrets()
    except SettingsError as problem:
        if memory.wanted or may_configure_auth(secrets_files()):
            fail_closed(product, problem)
        return None
    try:
        rules = read_auth(secrets)
    except SettingsError as problem:
        fail_closed(product, problem)
    if rules is None:
        if memory.wanted:
            fail_closed(
                product, SignInRemoved("The dashboard was started with [auth] in its secrets, and it is there no more.")
            )
        return None
    memory.wanted = True
    for library in ("authlib", "httpx"):
        try:
            importlib.import_module(library)
        except ImportError:
            fail_closed(product, AuthlibMissing(f"[auth] is set up, but the library {library} is not installed."))
    return rules


@dataclass
class _Memory:
    """Whether this process has seen [auth]: a file that is being rewritten must not open the pages for a moment."""

    wanted: bool = False


@st.cache_resource(show_spinner=False)
def _memory() -> _Memory:
    return _Memory()


def _open_to_others() -> list[Problem]:
    address = st.get_option("server.address")
    if address and (is_loopback(address) or address.startswith("unix:")):
        return []
    where = f"on {address}" if address else "on every address of this computer"
    return [OpenToOthers(f"The server listens {where}, and nobody has to sign in.")]


def _sign_in(product: str, script: str, rules: AuthSettings, said: str) -> NoReturn:
    st.title(product, anchor=False)
    st.markdown(escape_markdown(said))
    for provider in rules.providers:
        label = f"Sign in with {escape_markdown(provider)}" if provider else "Sign in"
        if st.button(label, icon=":material/login:", key=f"sign_in_{provider}"):
            return_to.save(script)
            st.login(provider or None)
    here, there = _origin(st.context.url), rules.origin.replace("{port}", str(st.get_option("server.port")))
    if here and here != there:
        show_notice(f"You are at {here}, and sign-in leads to {there}. Open the dashboard there to sign in.")
    st.stop()


def _turn_away(product: str, why: str) -> NoReturn:
    email = st.user.to_dict().get("email")
    st.title(product, anchor=False)
    st.markdown(escape_markdown(f"You are signed in{f' as {email}' if email else ''}, but {why}"))
    _sign_out()
    st.stop()


def fail_closed(product: str, problem: Problem) -> NoReturn:
    st.title(product, anchor=False)
    show_problem(problem, added=NO_PAGE_SHOWN)
    st.stop()


def _sign_out() -> None:
    if st.button("Sign out", icon=":material/logout:", key="sign_out"):
        st.logout()


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
