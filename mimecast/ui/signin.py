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

from mimecast.problems import Problem
from mimecast.settings import SettingsError, is_loopback, secrets_files
from mimecast.sign_in import LASTS, SignIn, Standing, may_be_wanted, read_sign_in, standing
from mimecast.ui import data, wanted
from mimecast.ui.banners import notice, show_problem
from mimecast.ui.text import plain
from mimecast.ui.who import author
from mimecast.wording import length_of

FIRST_PAGE: Final = "app.py"
CLOSED: Final = "Until this is mended no page is shown."
TURNED_AWAY: Final = {
    Standing.UNVERIFIED: "the identity provider does not say that your e-mail address is verified. Ask whoever runs "
    "this dashboard: docs/running.md has the remedy.",
    Standing.NOT_ALLOWED: "you are not on the list of those who may see this dashboard. Ask whoever runs it to put "
    "you there.",
}


class AuthlibMissing(Problem):
    title = "Sign-in is not possible"
    remedy = "Install it with: pip install -r requirements.txt. Then start the dashboard again."


class SignInGone(Problem):
    title = "Sign-in is set up no longer"
    remedy = "Put [auth] back into secrets.toml, or start the dashboard again to run it without."


class OpenToOthers(Problem):
    title = "Everybody on the network can see this dashboard"
    remedy = (
        "Set [auth] up, see docs/running.md, or let the server listen on this computer only: "
        'address = "127.0.0.1" in .streamlit/config.toml.'
    )


class OpenToEverybodySignedIn(Problem):
    title = "Everybody whom the identity provider signs in can see this dashboard"
    remedy = 'Add one: allowed_domains = ["contoso.com"], or allowed_emails.'


def demand(product: str, script: str) -> list[Problem]:
    """Draw nothing but the sign-in, and stop, unless whoever looks may see the page; what to warn of is returned.

    `script` is the page's own, to come back to.
    """
    rules = _rules(product)
    if rules is None:
        return _open_to_others()
    found = standing(st.user.to_dict(), rules, datetime.now(UTC))
    if found is Standing.SIGNED_OUT:
        _sign_in(product, script, rules, "Sign in to see this dashboard.")
    if found is Standing.ENDED:
        _sign_in(product, script, rules, f"Your sign-in has ended: it is good for {length_of(LASTS)}.")
    if found is not Standing.WELCOME:
        _turn_away(product, TURNED_AWAY[found])
    if script == FIRST_PAGE and not st.query_params:
        wanted.go_there()
    return [OpenToEverybodySignedIn("[dashboard] holds no list of those who may.")] if rules.is_for_everybody else []


def who_is_here() -> None:
    """For the sidebar: who is signed in, and the way out."""
    if email := author():
        st.caption(plain(f"Signed in as {email}"))
        _sign_out()


def _rules(product: str) -> SignIn | None:
    """None where nobody has to sign in. Stops where that cannot be told, or where sign-in cannot work."""
    memory = _memory()
    try:
        secrets = data.read_secrets()
    except SettingsError as problem:
        if memory.wanted or may_be_wanted(secrets_files()):
            _closed(product, problem)
        return None
    try:
        rules = read_sign_in(secrets)
    except SettingsError as problem:
        _closed(product, problem)
    if rules is None:
        if memory.wanted:
            _closed(
                product, SignInGone("The dashboard was started with [auth] in its secrets, and it is there no more.")
            )
        return None
    memory.wanted = True
    for library in ("authlib", "httpx"):
        try:
            importlib.import_module(library)
        except ImportError:
            _closed(product, AuthlibMissing(f"[auth] is set up, but the library {library} is not installed."))
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


def _sign_in(product: str, script: str, rules: SignIn, said: str) -> NoReturn:
    st.title(product, anchor=False)
    st.markdown(plain(said))
    for provider in rules.providers:
        label = f"Sign in with {plain(provider)}" if provider else "Sign in"
        if st.button(label, icon=":material/login:", key=f"sign_in_{provider}"):
            wanted.remember(script)
            st.login(provider or None)
    here, there = _origin(st.context.url), rules.origin.replace("{port}", str(st.get_option("server.port")))
    if here and here != there:
        notice(f"You are at {here}, and sign-in leads to {there}. Open the dashboard there to sign in.")
    st.stop()


def _turn_away(product: str, why: str) -> NoReturn:
    email = st.user.to_dict().get("email")
    st.title(product, anchor=False)
    st.markdown(plain(f"You are signed in{f' as {email}' if email else ''}, but {why}"))
    _sign_out()
    st.stop()


def _closed(product: str, problem: Problem) -> NoReturn:
    st.title(product, anchor=False)
    show_problem(problem, added=CLOSED)
    st.stop()


def _sign_out() -> None:
    if st.button("Sign out", icon=":material/logout:", key="sign_out"):
        st.logout()


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
