"""Accounts and their API keys: the table [mimecast] or [mimecast.accounts.ID], or environment variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mimecast.api.keys import Api1Keys, Api2Keys, is_base64
from mimecast.domain.account_id import is_account_id
from mimecast.formatting import join_and
from mimecast.settings.dashboard import DASHBOARD_KEYS
from mimecast.settings.validation import (
    SettingsError,
    check_not_misspelt,
    is_placeholder,
    nearest,
    parse_web_address,
    read_table,
    require_https,
    unknown_key_problem,
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

MAX_SHOWN_PROBLEMS: Final = 3
"""Faulty accounts that one message names."""


@dataclass(frozen=True, slots=True)
class Account:
    """One Mimecast tenant. `keys` is None for an account that is known only by its stored snapshots."""

    id: str
    name: str
    base_url: str = ""
    keys: Api1Keys | Api2Keys | None = None

    @property
    def application(self) -> tuple[str, ...]:
        """The key of the accounts whose requests Mimecast counts together: address and application of the API."""
        if self.keys is None:
            return (self.id,)
        return (self.base_url, self.keys.app_id if isinstance(self.keys, Api1Keys) else self.keys.client_id)

    def require_keys(self) -> Api1Keys | Api2Keys:
        """Return the keys.

        Raises:
            SettingsError: The account has none.
        """
        if self.keys is None:
            raise SettingsError(f"The account {self.id} has no keys.", remedy="Add them to secrets.toml.")
        return self.keys


@dataclass(frozen=True, slots=True)
class ConfiguredAccounts:
    """The configured accounts.

    Attributes:
        accounts: Those that can be used, in their order.
        faulty: The others, without keys. One whose id is no account's id is left out.
        problems: Why each account cannot be used, by its id.
    """

    accounts: tuple[Account, ...] = ()
    faulty: tuple[Account, ...] = ()
    problems: Mapping[str, SettingsError] = field(default_factory=dict)


def read_accounts(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> ConfiguredAccounts:
    """Return the configured accounts; none when nothing is configured.

    When any variable of `ENVIRONMENT_KEYS` is set, the environment defines the only account. A faulty account among
    several does not affect the others.

    Raises:
        SettingsError: The only account is faulty, or none of several can be used.
    """
    variables = {key: environ[name] for name, key in ENVIRONMENT_KEYS.items() if environ.get(name, "").strip()}
    if variables:
        names = {key: name for name, key in ENVIRONMENT_KEYS.items()}
        account = _read_account(DEFAULT_ACCOUNT, variables, "the environment", label=lambda key: names[key])
        return ConfiguredAccounts((account,))
    if "mimecast" not in secrets:
        check_not_misspelt(secrets, "mimecast", is_table_key=_is_account_key)
        return ConfiguredAccounts()
    table = read_table(secrets, "mimecast")
    if "accounts" not in table:
        return ConfiguredAccounts((_read_account(DEFAULT_ACCOUNT, table, "[mimecast]"),))
    return _read_several(table)


def _read_several(table: Mapping[str, Any]) -> ConfiguredAccounts:
    """Return the accounts in [mimecast.accounts]."""
    tables = read_table(table, "accounts", "mimecast.accounts")
    if not tables:
        raise SettingsError("[mimecast.accounts] has no account.", remedy=f"Add one; {EXAMPLE_HINT}.")
    accounts: list[Account] = []
    problems: dict[str, SettingsError] = {}
    for account_id in tables:
        place = f"mimecast.accounts.{account_id}"
        try:
            check_account_id(account_id)
            accounts.append(_read_account(account_id, read_table(tables, account_id, place), f"[{place}]"))
        except SettingsError as problem:
            problems[account_id] = problem
    if misplaced := [key for key in table if key != "accounts" and key not in DASHBOARD_KEYS]:
        problems[DEFAULT_ACCOUNT if DEFAULT_ACCOUNT not in tables else "mimecast"] = SettingsError(
            f"{misplaced[0]} is in [mimecast] beside [mimecast.accounts].",
            remedy="Move it into one of the accounts, or keep a single account in [mimecast].",
        )
    if not accounts:
        raise _none_usable(list(problems.values()))
    faulty = (Account(account_id, _name_of(account_id, tables.get(account_id))) for account_id in problems)
    return ConfiguredAccounts(
        tuple(accounts), tuple(account for account in faulty if is_account_id(account.id)), problems
    )


def _name_of(account_id: str, table: object) -> str:
    """Return the name of an account, whose table may be faulty; by default it is called by its id."""
    name = table.get("name") if isinstance(table, Mapping) else None
    if isinstance(name, str) and name.strip(". …"):
        return " ".join(name.split())
    return "Mimecast account" if account_id == DEFAULT_ACCOUNT else account_id


def _none_usable(problems: list[SettingsError]) -> SettingsError:
    """Return the problem of settings whose accounts are all faulty: the only one, or the first few together."""
    if len(problems) == 1:
        return problems[0]
    shown = " ".join(str(problem) for problem in problems[:MAX_SHOWN_PROBLEMS])
    return SettingsError("No account in [mimecast.accounts] can be used.", remedy=shown)


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
    settings = {key: value for key, value in table.items() if key not in DASHBOARD_KEYS}  # reported, and harmless here
    _check_keys(settings, place)
    texts = _read_texts(settings, place, label)
    keys = _read_keys(texts, place, label)
    base_url = _read_base_url(texts.get("base_url", DEFAULT_BASE_URL), f"{label('base_url')} in {place}")
    return Account(account_id, _name_of(account_id, texts), base_url, keys)


def _check_keys(table: Mapping[str, Any], place: str) -> None:
    """Raise a SettingsError for the first key that is not one of an account."""
    for key, value in table.items():
        if key in ACCOUNT_KEYS:
            continue
        if isinstance(value, Mapping) and nearest(key, ["accounts"], cutoff=0.8):
            raise SettingsError(f"The table [mimecast.{key}] is unknown.", remedy="Did you mean [mimecast.accounts]?")
        raise unknown_key_problem(key, ACCOUNT_KEYS, place)


def _read_texts(table: Mapping[str, Any], place: str, label: Callable[[str], str]) -> dict[str, str]:
    """Return the values, which must be text, filled in and not empty, without whitespace around them."""
    for key, value in table.items():
        setting = f"{label(key)} in {place}"
        if not isinstance(value, str):
            raise SettingsError(f"{setting} is not text.", remedy="Write its value in quotes.")
        if not value.strip():
            raise SettingsError(f"{setting} is empty.", remedy=_remedy_for_empty(key, table))
        if is_placeholder(value) and (key != "name" or not value.strip(". …")):
            raise SettingsError(f"{setting} is still the example's “...”.", remedy=_remedy_for_empty(key, table))
    return {key: value.strip() for key, value in table.items()}


def _remedy_for_empty(key: str, table: Mapping[str, Any]) -> str:
    """Return what to do about a key without a value: remove it where the account does not need it."""
    filled = {name for name, value in table.items() if str(value).strip() and not is_placeholder(str(value))}
    has_api1, has_api2 = bool(filled & set(API1_KEYS)), bool(filled & set(API2_KEYS))
    is_needed = {"name": False, "base_url": has_api1, **dict.fromkeys(API1_KEYS, not has_api2)}.get(key, not has_api1)
    if not is_needed:
        return "Remove it, since this account does not need it, or fill it in."
    if key == "base_url":
        return "Write the API address of your region, like https://eu-api.mimecast.com."
    return f"Copy its value from Mimecast's console; {EXAMPLE_HINT}."


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
                f"{label(key)} in {place} has whitespace or another invalid character.",
                remedy="Copy it from Mimecast again, without anything around it.",
            )
    if api1_keys and not is_base64(texts["secret_key"]):
        raise SettingsError(
            f"{label('secret_key')} in {place} is not base64.",
            remedy="Copy the complete secret key from Mimecast, without spaces; it often ends with one or two = signs.",
        )
    if api2_keys:
        return Api2Keys(**{key: texts[key] for key in API2_KEYS})
    return Api1Keys(**{key: texts[key] for key in API1_KEYS})


def _read_base_url(text: str, setting: str) -> str:
    """Return scheme, host and port of a base URL, which has nothing else; it must be https unless it is loopback."""
    remedy = "Write the API address of your region, like https://eu-api.mimecast.com."
    address = parse_web_address(text, setting, remedy=remedy)
    if address.username or address.password or address.query or address.fragment or address.path.strip("/"):
        raise SettingsError(f"{setting} has more than a host.", remedy=remedy)
    require_https(address, setting, exposed="the keys' signature")
    return f"{address.scheme}://{address.netloc}"
