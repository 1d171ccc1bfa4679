"""Accounts and their API keys: the table [mimecast] or [mimecast.accounts.ID], or environment variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mimecast.api.auth import Api1Keys, Api2Keys, is_base64
from mimecast.domain.account_id import is_account_id
from mimecast.formatting import join_and
from mimecast.settings.validation import (
    SettingsError,
    check_known_keys,
    check_not_misspelt,
    parse_web_address,
    read_table,
    require_https,
)

DEFAULT_ACCOUNT: Final = "default"
"""The id of the account in [mimecast] or in the environment."""

DEFAULT_BASE_URL: Final = "https://api.services.mimecast.com"
"""The base URL of API 2.0. API 1.0 has no default, because its keys belong to one region."""

API1_KEYS: Final = ("access_key", "secret_key", "app_id", "app_key")
API2_KEYS: Final = ("client_id", "client_secret")
ACCOUNT_KEYS: Final = ("name", "base_url", *API1_KEYS, *API2_KEYS)
ENVIRONMENT_KEYS: Final = {f"MIMECAST_{key.upper()}": key for key in ACCOUNT_KEYS}
"""The key that each environment variable sets."""

EXAMPLE_HINT: Final = "see .streamlit/secrets.toml.example"


@dataclass(frozen=True, slots=True)
class Account:
    """One Mimecast tenant. `keys` is None for an account that is known only by its stored snapshots."""

    id: str
    name: str
    base_url: str = ""
    keys: Api1Keys | Api2Keys | None = None

    def require_keys(self) -> Api1Keys | Api2Keys:
        """Return the keys.

        Raises:
            SettingsError: The account has none.
        """
        if self.keys is None:
            raise SettingsError(f"The account {self.id} has no keys.", remedy="Add them to secrets.toml.")
        return self.keys


def read_accounts(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[Account, ...]:
    """Return the configured accounts in their order; none when nothing is configured.

    When any variable of `ENVIRONMENT_KEYS` is set, the environment defines the only account.

    Raises:
        SettingsError: A setting of an account is wrong.
    """
    variables = {key: environ[name] for name, key in ENVIRONMENT_KEYS.items() if environ.get(name, "").strip()}
    if variables:
        names = {key: name for name, key in ENVIRONMENT_KEYS.items()}
        return (_read_account(DEFAULT_ACCOUNT, variables, "the environment", label=lambda key: names[key]),)
    if "mimecast" not in secrets:
        check_not_misspelt(secrets, "mimecast", is_table_key=_is_account_key)
        return ()
    table = read_table(secrets, "mimecast")
    if "accounts" not in table:
        return (_read_account(DEFAULT_ACCOUNT, table, "[mimecast]"),)
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
        _read_account(check_account_id(account_id), read_table(accounts, account_id, place), f"[{place}]")
        for account_id, place in ((account_id, f"mimecast.accounts.{account_id}") for account_id in accounts)
    )


def check_account_id(text: str) -> str:
    """Return the text if it can be an account's id.

    Raises:
        SettingsError: It cannot.
    """
    if not is_account_id(text):
        raise SettingsError(
            f"{text[:40]!r} in [mimecast.accounts] cannot be an account's id.",
            remedy="Use up to 40 letters, digits, - and _, and put the company's name under name.",
        )
    return text


def _is_account_key(key: str) -> bool:
    return key.lower() in ACCOUNT_KEYS or key.upper() in ENVIRONMENT_KEYS


def _read_account(
    account_id: str, table: Mapping[str, Any], place: str, *, label: Callable[[str], str] = str
) -> Account:
    """Return the account that a table defines.

    Args:
        account_id: The account's id.
        table: The keys and their values.
        place: Where the table is, as messages name it.
        label: Returns the name by which the user knows a key: of an environment variable, its own.
    """
    check_known_keys(table, ACCOUNT_KEYS, place)
    texts = _read_texts(table, place, label)
    keys = _read_keys(texts, place, label)
    base_url = _read_base_url(texts.get("base_url", DEFAULT_BASE_URL), f"{label('base_url')} in {place}")
    name = texts.get("name", "Mimecast account" if account_id == DEFAULT_ACCOUNT else account_id)
    return Account(account_id, " ".join(name.split()), base_url, keys)


def _read_texts(table: Mapping[str, Any], place: str, label: Callable[[str], str]) -> dict[str, str]:
    """Return the values, which must be text and not empty, without whitespace around them."""
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise SettingsError(
                f"{label(key)} in {place} is {'empty' if isinstance(value, str) else 'not text'}.",
                remedy="Write its value in quotes.",
            )
    return {key: value.strip() for key, value in table.items()}


def _read_keys(texts: Mapping[str, str], place: str, label: Callable[[str], str]) -> Api1Keys | Api2Keys:
    """Return the API keys. Which of them are set decides between API 1.0 and API 2.0."""
    api1_keys = [key for key in API1_KEYS if key in texts]
    api2_keys = [key for key in API2_KEYS if key in texts]
    if api1_keys and api2_keys:
        raise SettingsError(
            f"{place} mixes keys of API 1.0 ({label(api1_keys[0])}) and of API 2.0 ({label(api2_keys[0])}).",
            remedy="Keep the keys of one of the two.",
        )
    if not api1_keys and not api2_keys:
        raise SettingsError(
            f"{place} lacks {join_and([label(key) for key in API2_KEYS])} (API 2.0), or "
            f"{join_and([label(key) for key in ('base_url', *API1_KEYS)])} (API 1.0).",
            remedy=f"Copy them from Mimecast's console; {EXAMPLE_HINT}.",
        )
    required = API2_KEYS if api2_keys else ("base_url", *API1_KEYS)
    if missing := [key for key in required if key not in texts]:
        raise SettingsError(
            f"{place} lacks {', '.join(label(key) for key in missing)}.",
            remedy=f"Copy what is missing from Mimecast's console; {EXAMPLE_HINT}.",
        )
    for key in (*api1_keys, *api2_keys):
        if not re.fullmatch(r"[!-~]+", texts[key]):
            raise SettingsError(
                f"{label(key)} in {place} holds a blank, a line break or another sign that no key has.",
                remedy="Copy it from Mimecast anew, without anything around it.",
            )
    if api1_keys and not is_base64(texts["secret_key"]):
        raise SettingsError(
            f"{label('secret_key')} in {place} is not base64.",
            remedy="Copy the secret key from Mimecast whole, without spaces; it often ends with one or two = signs.",
        )
    if api2_keys:
        return Api2Keys(**{key: texts[key] for key in API2_KEYS})
    return Api1Keys(**{key: texts[key] for key in API1_KEYS})


def _read_base_url(text: str, setting: str) -> str:
    """Return scheme, host and port of a base URL, which has nothing else; it must be https unless it is loopback."""
    remedy = "Write the API address of your region, like https://eu-api.mimecast.com."
    address = parse_web_address(text, setting, remedy=remedy)
    if address.username or address.password or address.query or address.fragment or address.path.strip("/"):
        raise SettingsError(f"{setting} holds more than a host.", remedy=remedy)
    require_https(address, setting, exposed="the keys' signature")
    return f"{address.scheme}://{address.netloc}"
