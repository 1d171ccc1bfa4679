"""Decides who may use the dashboard, by the settings of this moment: for pages, clicks, downloads and uploads."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st

from mimecast.problem import Problem
from mimecast.settings.auth import (
    AUTH_TABLE,
    AccessDecision,
    AuthSettings,
    decide_access,
    read_auth,
    verified_email,
)
from mimecast.ui.access.user_cookie import read_claims
from mimecast.ui.secrets import read_secrets


class AuthlibMissing(Problem):
    """A library that sign-in needs is not installed."""

    title = "Sign-in is not possible"
    remedy = "Install it with: pip install -r requirements.txt. Then restart the dashboard."


class SignInRemoved(Problem):
    """The dashboard was started with sign-in, and [auth] has since been removed from the settings."""

    title = "Sign-in is no longer configured"
    remedy = "Put [auth] back into secrets.toml, or restart the dashboard to run it without sign-in."


class AccessDenied(Problem):
    """The user is signed out, not on the allow list, or no longer on it."""

    title = "You cannot use this dashboard"
    remedy = "Open the dashboard again and sign in. If you then see no numbers, the page says why."


@dataclass
class AuthMemory:
    """Whether this process has seen [auth]: a file that is being rewritten must not open the pages for a moment."""

    auth_was_configured: bool = False


AUTH_MEMORY: Final = AuthMemory()
"""Of this process. It is not in Streamlit's caches, which any visitor can clear."""


def load_auth() -> AuthSettings | None:
    """Return how users sign in, or None where they need not.

    Raises Problem where that is unknown or cannot work. No user may then see anything.
    """
    auth = read_auth(read_secrets())
    if auth is None:
        if AUTH_MEMORY.auth_was_configured:
            raise SignInRemoved("[auth] was in the secrets when the dashboard was started, and is now missing.")
        return None
    AUTH_MEMORY.auth_was_configured = True
    for library in ("authlib", "httpx"):
        try:
            importlib.import_module(library)
        except ImportError:
            raise AuthlibMissing(f"[auth] is set up, but the library {library} is not installed.") from None
    return auth


def check_access(claims: Mapping[str, Any]) -> str:
    """Return the verified e-mail address of a user who may use the dashboard now; empty where no one has to sign in.

    `claims` are those of the identity token and `is_logged_in`, as in `st.user`. Raises Problem for anyone else.
    """
    auth = load_auth()
    return _check(claims, auth) if auth else ""


def check_request(cookies: Mapping[str, str]) -> str:
    """Return as `check_access` does, for an HTTP request with these cookies. Raises Problem."""
    auth = load_auth()
    if auth is None:
        return ""
    return _check(read_claims(cookies, str(read_secrets()[AUTH_TABLE]["cookie_secret"]), own_origin(auth)), auth)


def own_origin(auth: AuthSettings) -> str:
    """Return scheme, host and port of the address to which a sign-in leads."""
    return auth.origin.replace("{port}", str(st.get_option("server.port")))


def _check(claims: Mapping[str, Any], auth: AuthSettings) -> str:
    if decide_access(claims, auth, datetime.now(UTC)) is not AccessDecision.ALLOWED:
        raise AccessDenied("You are not signed in as a user who may see this dashboard, or your sign-in has expired.")
    return verified_email(claims)
