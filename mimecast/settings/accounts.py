"""Accounts and their credentials."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from mimecast.api.auth import Api1Keys, Api2Keys, is_base64
from mimecast.formatting import join_and
from mimecast.settings.validation import SettingsError, check_known_keys, is_loopback, read_table

DEFAULT_ACCOUNT: Final = "default"
DEFAULT_BASE_URL: Final = "https://api.services.mimecast.com"
"""Of API 2.0; API 1.0 has none, since its keys belong to one region."""

API1_KEYS: Final = ("access_key", "secret_key", "app_id", "app_key")
API2_KEYS: Final = ("client_id", "client_secret")
ACCOUNT_KEYS: Final = ("name", "base_url", *API1_KEYS, *API2_KEYS)
ENVIRONMENT_KEYS: Final = {f"MIMECAST_{key.upper()}": key for key in ACCOUNT_KEYS}

EXAMPLE_HINT: Final = "see .streamlit/secrets.toml.example"


@dataclass(frozen=True, slots=True)
class Account:
    """One Mimecast tenant. `keys` is None for an account known only by its stored snapshots."""

    id: str
    name: str
    base_url: str = ""
    keys: Api1Keys | Api2Keys | None = None


def read_accounts(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[Account, ...]:
    """The configured accounts in their order; none at all when nothing is configured. Raises SettingsError."""
    variables = {key: environ[name] for name, key in ENVIRONMENT_KEYS.items() if environ.get(name, "").strip()}
    if variables:
        names = {key: name for name, key in ENVIRONMENT_KEYS.items()}
        return (_account(DEFAULT_ACCOUNT, variables, "the environment", label=lambda key: names[key]),)
    if "mimecast" not in secrets:
        _check_near_misses(secrets)
        return ()
    table = read_table(secrets, "mimecast")
    if "accounts" not in table:
        return (_account(DEFAULT_ACCOUNT, table, "[mimecast]"),)
    if len(table) > 1:
        key = next(key for key in table if key != "accounts")
        raise SettingsError(
            f"{key} stands in [mimecast] beside [mimecast.accounts].",
            remedy="Move it into one of the accounts, or keep a single account in [mimecast].",
        )
    accounts = read_table(table, "accounts", "mimecast.accounts")
    if not accounts:
        raise SettingsError("[mimecast.accounts] holds no account.", remedy=f"Add one, {EXAMPLE_HINT}.")
    return tuple(
        _account(check_account_id(key), read_table(accounts, key, place), f"[{place}]")
        for key, place in ((key, f"mimecast.accounts.{key}") for key in accounts)
    )


def _account(its_id: str, table: Mapping[str, Any], place: str, *, label: Callable[[str], str] = str) -> Account:
    """One checked account. `label` gives the name by which the user knows a key."""
    check_known_keys(table, ACCOUNT_KEYS, place)
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise SettingsError(
                f"{label(key)} in {place} is {'empty' if isinstance(value, str) else 'not text'}.",
                remedy="Write its value in quotes.",
            )
    given = {key: value.strip() for key, value in table.items()}
    generation1 = [key for key in API1_KEYS if key in given]
    generation2 = [key for key in API2_KEYS if key in given]
    if generation1 and generation2:
        raise SettingsError(
            f"{place} mixes keys of API 1.0 ({label(generation1[0])}) and of API 2.0 ({label(generation2[0])}).",
            remedy="Keep the keys of one of the two.",
        )
    if not generation1 and not generation2:
        raise SettingsError(
            f"{place} lacks {join_and([label(key) for key in API2_KEYS])} (API 2.0), or "
            f"{join_and([label(key) for key in ('base_url', *API1_KEYS)])} (API 1.0).",
            remedy=f"Copy them from Mimecast's console; {EXAMPLE_HINT}.",
        )
    wanted = API2_KEYS if generation2 else ("base_url", *API1_KEYS)
    if missing := [key for key in wanted if key not in given]:
        raise SettingsError(
            f"{place} lacks {', '.join(label(key) for key in missing)}.",
            remedy=f"Copy what is missing from Mimecast's console; {EXAMPLE_HINT}.",
        )
    for key in (*generation1, *generation2):
        if not re.fullmatch(r"[!-~]+", given[key]):
            raise SettingsError(
                f"{label(key)} in {place} holds a blank, a line break or another sign that no key has.",
                remedy="Copy it from Mimecast anew, without anything around it.",
            )
    if generation1 and not is_base64(given["secret_key"]):
        raise SettingsError(
            f"{label('secret_key')} in {place} is not base64.",
            remedy="Copy the secret key from Mimecast whole, without spaces; it often ends with one or two = signs.",
        )
    base_url = _base_url(given.get("base_url", DEFAULT_BASE_URL), f"{label('base_url')} in {place}")
    name = " ".join(given.get("name", "Mimecast account" if its_id == DEFAULT_ACCOUNT else its_id).split())
    return Account(its_id, name, base_url, _keys(given))


def _keys(given: Mapping[str, str]) -> Api1Keys | Api2Keys:
    """Which keys are set decides which generation of the API is spoken."""
    if API2_KEYS[0] in given:
        return Api2Keys(**{key: given[key] for key in API2_KEYS})
    return Api1Keys(**{key: given[key] for key in API1_KEYS})


def _base_url(text: str, what: str) -> str:
    write = "Write the API address of your region, like https://eu-api.mimecast.com."
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"{what} is not a web address.", remedy=write) from None
    if parts.scheme not in ("https", "http") or not host:
        raise SettingsError(f"{what} is not a web address.", remedy=write)
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        raise SettingsError(f"{what} holds more than a host.", remedy=write)
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingsError(
            f"{what} begins with http, which would send the keys' signature in the clear.",
            remedy="Begin it with https; http is accepted for this computer's own addresses only.",
        )
    return f"{parts.scheme}://{parts.netloc}"


def check_account_id(key: str) -> str:
    """The key, when it can be an account's id. Raises SettingsError."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", key):
        raise SettingsError(
            f"{key[:40]!r} in [mimecast.accounts] cannot be an account's id.",
            remedy="Use up to 40 letters, digits, - and _, and put the company's name under name.",
        )
    return key


def _check_near_misses(secrets: Mapping[str, Any]) -> None:
    """A misspelt [mimecast], or keys above any table, must not pass for "nothing configured"."""
    for key, value in secrets.items():
        if isinstance(value, Mapping):
            if difflib.get_close_matches(key.lower(), ["mimecast"], cutoff=0.8):
                raise SettingsError(f"The table [{key[:60]}] is unknown.", remedy="Did you mean [mimecast]?")
        elif key.lower() in ACCOUNT_KEYS or key.upper() in ENVIRONMENT_KEYS:
            raise SettingsError(f"{key} stands outside any table.", remedy="Write [mimecast] on a line above it.")
