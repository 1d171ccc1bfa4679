"""Who may see the dashboard: [auth] of the secrets, checked, and what a signed-in person's claims say.

[auth] is Streamlit's own table, and Streamlit does the signing in (OpenID Connect). It is checked here so that a
mistake in it is said in a sentence and never leaves the pages open.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from mimecast.settings.dashboard import ALLOW_LIST_KEYS, DashboardSettings, read_dashboard
from mimecast.settings.validation import SettingsError, is_loopback

TABLE: Final = "auth"
SHARED_KEYS: Final = ("redirect_uri", "cookie_secret")
PROVIDER_KEYS: Final = ("client_id", "client_secret", "server_metadata_url")
CALLBACK: Final = "/oauth2callback"

MIN_COOKIE_SECRET_CHARS: Final = 32
"""Letters. Whoever guesses `cookie_secret` can sign in as anybody."""

SESSION_LIFETIME: Final = timedelta(hours=12)
"""How long a sign-in is good for. Streamlit's cookie stays for 30 days, whatever has become of the person since."""

MICROSOFT_ISSUER: Final = "https://login.microsoftonline.com/"
"""Issuer of Microsoft Entra ID, which has no `email_verified`; its `xms_edov` says the same of work accounts."""


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """`providers` are the names of the tables [auth.NAME], or one empty name for [auth] itself; `origin` is where the
    dashboard is reached. Without a list of e-mails or domains everybody may see it whom the provider signs in."""

    providers: tuple[str, ...]
    origin: str
    allowed_emails: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()

    @property
    def admits_anyone_signed_in(self) -> bool:
        return not self.allowed_emails and not self.allowed_domains


class AccessDecision(Enum):
    """What becomes of somebody who looks at a page. Only `WELCOME` sees a number."""

    SIGNED_OUT = auto()
    ENDED = auto()
    UNVERIFIED = auto()
    NOT_ALLOWED = auto()
    WELCOME = auto()


def read_auth(secrets: Mapping[str, Any]) -> AuthSettings | None:
    """How people sign in, or None without [auth]. Raises SettingsError for whatever might be meant to keep people out
    and does not: a misspelt table, an allowed list without [auth], a list that cannot be read."""
    if TABLE not in secrets:
        _check_near_misses(secrets)
        return None
    table = secrets[TABLE]
    if not isinstance(table, Mapping):
        raise SettingsError("auth is a single value instead of a table.", remedy="Write [auth] on a line of its own.")
    _check_texts(table, SHARED_KEYS, "[auth]")
    if len(table["cookie_secret"]) < MIN_COOKIE_SECRET_CHARS:
        raise SettingsError(
            f"cookie_secret in [auth] is shorter than {MIN_COOKIE_SECRET_CHARS} letters.",
            remedy="Make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    origin = _redirect_origin(table["redirect_uri"].strip())
    named = [name for name, value in table.items() if isinstance(value, Mapping) and name != "client_kwargs"]
    for name in named:
        if "_" in name:
            raise SettingsError(f"The name of [auth.{name[:60]}] holds a _.", remedy="Choose a name without one.")
        _check_provider(table[name], f"[auth.{name[:60]}]")
    if not named:
        _check_provider(table, "[auth]")
    dashboard: DashboardSettings = read_dashboard(secrets)
    return AuthSettings(tuple(named) or ("",), origin, dashboard.allowed_emails, dashboard.allowed_domains)


def may_configure_auth(files: Iterable[Path]) -> bool:
    """Whether files that cannot be understood seem to set sign-in up: then nobody may be let in without it."""
    for file in files:
        try:
            text = file.read_bytes()
        except FileNotFoundError:
            continue
        except OSError:
            return True
        if re.search(rb"""(?im)^\s*(\[+\s*)?["']?(auth\b|allowed_(emails|domains))""", text):
            return True
    return False


def verified_email(claims: Mapping[str, Any]) -> str:
    """The e-mail address of somebody who is signed in, if the provider says that it is theirs; else nothing."""
    email = claims.get("email")
    if not claims.get("is_logged_in") or not isinstance(email, str) or not email.isprintable():
        return ""
    if not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,255}", email):
        return ""
    verified = claims.get("email_verified")
    if verified is True or verified == "true":
        return email
    by_microsoft = str(claims.get("iss")).startswith(MICROSOFT_ISSUER) and str(claims.get("xms_edov")).lower() in (
        "true",
        "1",
    )
    return email if verified is None and by_microsoft else ""


def decide_access(claims: Mapping[str, Any], rules: AuthSettings, now: datetime) -> AccessDecision:
    """`claims` as in `st.user`: those of the identity token, and `is_logged_in`."""
    if not claims.get("is_logged_in"):
        return AccessDecision.SIGNED_OUT
    began = claims.get("iat")
    if not isinstance(began, int | float) or now.timestamp() - began > SESSION_LIFETIME.total_seconds():
        return AccessDecision.ENDED
    email = verified_email(claims).casefold()
    if not email:
        return AccessDecision.UNVERIFIED
    domain = email.rpartition("@")[2]
    if rules.admits_anyone_signed_in or email in rules.allowed_emails or domain in rules.allowed_domains:
        return AccessDecision.WELCOME
    return AccessDecision.NOT_ALLOWED


def _check_provider(table: Mapping[str, Any], place: str) -> None:
    _check_texts(table, PROVIDER_KEYS, place)
    _check_web_address(table["server_metadata_url"].strip(), f"server_metadata_url in {place}")


def _redirect_origin(uri: str) -> str:
    """Returns scheme, host and port. Streamlit puts the port in the place of `{port}`."""
    what = "redirect_uri in [auth]"
    _check_web_address(uri.replace("{port}", "0"), what)
    if not uri.endswith(CALLBACK):
        raise SettingsError(
            f"{what} does not end with {CALLBACK}.",
            remedy=f"Write the address at which people reach the dashboard, and {CALLBACK} behind it.",
        )
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _check_web_address(text: str, what: str) -> None:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("https", "http") or not host:
        raise SettingsError(f"{what} is not a web address.", remedy="Write one that begins with https://.")
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingsError(
            f"{what} begins with http, which would send sign-ins in the clear.",
            remedy="Begin it with https; http is accepted for this computer's own addresses only.",
        )


def _check_texts(table: Mapping[str, Any], keys: tuple[str, ...], place: str) -> None:
    for key in keys:
        if key not in table:
            near = difflib.get_close_matches(key, [name for name in table if name not in keys], n=1, cutoff=0.8)
            meant = f"Is {near[0][:60]!r} meant to be it?" if near else "Copy it from the identity provider."
            if key in SHARED_KEYS and not near:
                meant = "See “Sign-in” in docs/running.md."
            raise SettingsError(f"{place} lacks {key}.", remedy=meant)
        if not isinstance(table[key], str) or not table[key].strip():
            raise SettingsError(f"{key} in {place} is empty or not text.", remedy="Write its value in quotes.")


def _check_near_misses(secrets: Mapping[str, Any]) -> None:
    for key, value in secrets.items():
        is_near = difflib.get_close_matches(key.lower(), [TABLE], cutoff=0.8)
        if isinstance(value, Mapping) and (is_near or any(shared in value for shared in SHARED_KEYS)):
            raise SettingsError(f"The table [{key[:60]}] is unknown.", remedy="Did you mean [auth]?")
        if not isinstance(value, Mapping) and key in (*SHARED_KEYS, PROVIDER_KEYS[2]):
            raise SettingsError(f"{key} stands outside any table.", remedy="Write [auth] on a line above it.")
    dashboard = secrets.get("dashboard")
    for key in ALLOW_LIST_KEYS:
        if isinstance(dashboard, Mapping) and key in dashboard:
            raise SettingsError(
                f"{key} in [dashboard] needs sign-in, and there is no [auth].",
                remedy="Set [auth] up, see “Sign-in” in docs/running.md, or remove the list.",
            )
