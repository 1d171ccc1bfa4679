"""Access to the dashboard: the table [auth], and the decision about a signed-in user.

[auth] is Streamlit's own table, and Streamlit performs the sign-in (OpenID Connect). It is checked here so that a
mistake in it is reported in a sentence and never leaves the pages open.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final
from urllib.parse import urlsplit

from mimecast.settings.dashboard import ALLOW_LIST_KEYS, DashboardSettings, read_dashboard
from mimecast.settings.placement import misplaced_allow_lists
from mimecast.settings.validation import (
    MAX_SHOWN_CHARS,
    SettingsError,
    check_not_misspelt,
    is_placeholder,
    nearest,
    parse_web_address,
    require_https,
)

AUTH_TABLE: Final = "auth"
SHARED_KEYS: Final = ("redirect_uri", "cookie_secret")
"""The keys that [auth] has once, however many identity providers there are."""

PROVIDER_KEYS: Final = ("client_id", "client_secret", "server_metadata_url")
"""The keys of an identity provider: in [auth], or in [auth.NAME] for each of several."""

CALLBACK_PATH: Final = "/oauth2callback"

MIN_COOKIE_SECRET_CHARS: Final = 32
"""The shortest `cookie_secret`, in characters. An attacker who guesses it can sign in as any user."""

SESSION_LIFETIME: Final = timedelta(hours=12)
"""How long a sign-in is valid. Streamlit's cookie lasts 30 days, even if the user's account has been closed by then."""

MAX_CLOCK_DIFFERENCE_SECONDS: Final = 30.0
"""How far the identity provider's clock may be ahead of this computer's."""

EXAMPLE_TENANT: Final = "TENANT-ID"
"""The part of the example's address that has to be replaced."""

ASCII_LOWER_CASE: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""Lower case of A to Z only. `str.lower` and `str.casefold` turn other characters into these, for example ß into ss."""

MICROSOFT_ISSUER: Final = "https://login.microsoftonline.com/"
"""Issuer of Microsoft Entra ID, which sends no `email_verified`; its `xms_edov` means the same for work accounts."""


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """How users sign in, and who may see the dashboard.

    Attributes:
        providers: The names of the tables [auth.NAME], or one empty name for [auth] itself.
        origin: Scheme, host and port of the dashboard's address.
        allowed_emails: The e-mail addresses that are admitted, in lower-case ASCII; None without such a list.
        allowed_domains: The domains of e-mail addresses that are admitted, likewise.
    """

    providers: tuple[str, ...]
    origin: str
    allowed_emails: tuple[str, ...] | None = None
    allowed_domains: tuple[str, ...] | None = None

    @property
    def admits_anyone_signed_in(self) -> bool:
        """Whether every user that the identity provider authenticates is admitted, because there is no allow list."""
        return self.allowed_emails is None and self.allowed_domains is None


class AccessDecision(Enum):
    """What happens to a viewer of a page. Only `ALLOWED` shows numbers."""

    SIGNED_OUT = auto()
    EXPIRED = auto()
    UNVERIFIED = auto()
    NOT_ALLOWED = auto()
    ALLOWED = auto()


def read_auth(secrets: Mapping[str, Any]) -> AuthSettings | None:
    """Return how users sign in, or None without [auth].

    Raises:
        SettingsError: [auth] is wrong, or the secrets contain something that seems meant to restrict access and does
            not: a misspelt table, an allow list without [auth], a list that cannot be read or is in the wrong place.
    """
    for problem in misplaced_allow_lists(secrets):
        raise problem
    dashboard = read_dashboard(secrets)
    if AUTH_TABLE not in secrets:
        _check_not_intended(secrets, dashboard)
        return None
    table = secrets[AUTH_TABLE]
    if not isinstance(table, Mapping):
        raise SettingsError("auth is a single value instead of a table.", remedy="Write [auth] on a line of its own.")
    _check_texts(table, SHARED_KEYS, "[auth]")
    if len(table["cookie_secret"]) < MIN_COOKIE_SECRET_CHARS:
        raise SettingsError(
            f"cookie_secret in [auth] is shorter than {MIN_COOKIE_SECRET_CHARS} characters.",
            remedy="Make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    origin = _read_origin(table["redirect_uri"].strip())
    providers = [name for name, value in table.items() if isinstance(value, Mapping) and name != "client_kwargs"]
    for name in providers:
        if "_" in name:
            raise SettingsError(f"The name of [auth.{name[:60]}] has a _.", remedy="Choose a name without it.")
        _check_provider(table[name], f"[auth.{name[:60]}]")
    if not providers:
        _check_provider(table, "[auth]")
    if dashboard.access_problem:
        raise dashboard.access_problem
    return AuthSettings(tuple(providers) or ("",), origin, dashboard.allowed_emails, dashboard.allowed_domains)


def verified_email(claims: Mapping[str, Any]) -> str:
    """Return the e-mail address of a signed-in user if the provider has verified it, else an empty text."""
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
    """Return whether a viewer may see the dashboard.

    Args:
        claims: The claims of the identity token, and `is_logged_in`, as in `st.user`.
        rules: Who may see the dashboard.
        now: The current time, with a time zone.
    """
    if not claims.get("is_logged_in"):
        return AccessDecision.SIGNED_OUT
    if not _is_fresh(claims.get("iat"), now):
        return AccessDecision.EXPIRED
    email = verified_email(claims).translate(ASCII_LOWER_CASE)
    if not email:
        return AccessDecision.UNVERIFIED
    domain = email.rpartition("@")[2]
    is_listed = email in (rules.allowed_emails or ()) or domain in (rules.allowed_domains or ())
    if is_listed or rules.admits_anyone_signed_in:
        return AccessDecision.ALLOWED
    return AccessDecision.NOT_ALLOWED


def _is_fresh(issued_at: object, now: datetime) -> bool:
    """Return whether a sign-in at `issued_at` (seconds since 1970-01-01 UTC) is still valid.

    A time in the future, one that is infinite and anything that is not a number never are.
    """
    try:
        age = now.timestamp() - float(issued_at) if isinstance(issued_at, int | float) else math.nan
    except OverflowError:  # an integer that is too large for a float
        return False
    return -MAX_CLOCK_DIFFERENCE_SECONDS <= age <= SESSION_LIFETIME.total_seconds()


def _check_not_intended(secrets: Mapping[str, Any], dashboard: DashboardSettings) -> None:
    """Raise a SettingsError if secrets without [auth] seem meant to restrict access."""
    check_not_misspelt(
        secrets,
        AUTH_TABLE,
        is_table_key=lambda key: key in (*SHARED_KEYS, "server_metadata_url"),
        telltale_keys=SHARED_KEYS,
    )
    for key in ALLOW_LIST_KEYS:
        if getattr(dashboard, key) is not None:
            raise SettingsError(
                f"{key} in [dashboard] needs sign-in, and there is no [auth].",
                remedy="Set up [auth] (see “Sign-in” in docs/team.md), or remove the list.",
            )
    for fault in dashboard.faults:
        if fault.key in ALLOW_LIST_KEYS:
            raise fault.problem


def _check_provider(table: Mapping[str, Any], place: str) -> None:
    _check_texts(table, PROVIDER_KEYS, place)
    setting = f"server_metadata_url in {place}"
    if EXAMPLE_TENANT in table["server_metadata_url"]:
        raise SettingsError(
            f"{setting} still has the example's {EXAMPLE_TENANT}.", remedy="Replace it with the id of your tenant."
        )
    _check_address(table["server_metadata_url"].strip(), setting)


def _read_origin(redirect_uri: str) -> str:
    """Return scheme, host and port of the redirect URI. Streamlit replaces `{port}` by the server's port."""
    setting = "redirect_uri in [auth]"
    _check_address(redirect_uri.replace("{port}", "0"), setting)
    if not redirect_uri.endswith(CALLBACK_PATH):
        raise SettingsError(
            f"{setting} does not end with {CALLBACK_PATH}.",
            remedy=f"Write the address at which people reach the dashboard, followed by {CALLBACK_PATH}.",
        )
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}"


def _check_address(text: str, setting: str) -> None:
    address = parse_web_address(text, setting, remedy="Write one that begins with https://.")
    require_https(address, setting, exposed="sign-ins")


def _check_texts(table: Mapping[str, Any], keys: tuple[str, ...], place: str) -> None:
    """Raise a SettingsError for the first of the keys that is missing, empty or not text."""
    for key in keys:
        if key not in table:
            near_miss = next((name for name in table if name not in keys and nearest(name, [key], cutoff=0.8)), None)
            if near_miss:
                remedy = f"Rename {near_miss[:MAX_SHOWN_CHARS]!r} to {key} if that is what you meant."
            elif key in SHARED_KEYS:
                remedy = "See “Sign-in” in docs/team.md."
            else:
                remedy = "Copy it from the identity provider."
            raise SettingsError(f"{place} lacks {key}.", remedy=remedy)
        if not isinstance(table[key], str) or not table[key].strip():
            raise SettingsError(f"{key} in {place} is empty or not text.", remedy="Write its value in quotes.")
        if is_placeholder(table[key]):
            raise SettingsError(f"{key} in {place} is still the example's “...”.", remedy="Fill it in.")
