"""Secrets and environment, checked, and turned into accounts, a store and the dashboard's settings.

Who reads what: pages hand in Streamlit's secrets, the command line hands in `read_secrets_files()`; both give the same
tables. What is wrong is named by key and place, never by value.

    [mimecast]                one account, whose id is "default"; or
    [mimecast.accounts.ID]    several
    [connections.snapshots]   url of the store
    [dashboard]               time_zone, refresh_after, pptx_template, allowed_emails, allowed_domains

The variables of `ENVIRONMENT` stand for one account and win over the accounts of the file; `SNAPSHOTS_URL` wins over
the store of the file.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zipfile import is_zipfile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mimecast.api.auth import Api1Keys, Api2Keys, is_base64
from mimecast.problems import Problem
from mimecast.wording import listing

PROJECT: Final = Path(__file__).resolve().parents[1]
"""The folder of `app.py`; a relative path in a setting is relative to it."""

DEFAULT_ACCOUNT: Final = "default"
DEFAULT_STORE: Final = "sqlite:///data/snapshots.db"
DEFAULT_BASE_URL: Final = "https://api.services.mimecast.com"
"""Of API 2.0; API 1.0 has none, since its keys belong to one region."""

API1_KEYS: Final = ("access_key", "secret_key", "app_id", "app_key")
API2_KEYS: Final = ("client_id", "client_secret")
ACCOUNT_KEYS: Final = ("name", "base_url", *API1_KEYS, *API2_KEYS)
ENVIRONMENT: Final = {f"MIMECAST_{key.upper()}": key for key in ACCOUNT_KEYS}
STORE_VARIABLE: Final = "SNAPSHOTS_URL"

ALLOWED: Final = ("allowed_emails", "allowed_domains")
"""Keys of [dashboard] that say who may see it."""

EXAMPLE: Final = "see .streamlit/secrets.toml.example"


class SettingsError(Problem):
    """A setting that cannot be used. Nothing was asked, stored or changed."""

    title = "The settings need a correction"


@dataclass(frozen=True, slots=True)
class Account:
    """One Mimecast tenant. `keys` is None for an account known only by its stored snapshots."""

    id: str
    name: str
    base_url: str = ""
    keys: Api1Keys | Api2Keys | None = None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`time_zone` decides which calendar day a snapshot belongs to; `refresh_after` is the age at which a page asks;
    `pptx_template` is the PowerPoint file whose master a report's slides have, or None for plain ones.

    `allowed_emails` and `allowed_domains`, in lower case, are who may see it once they have signed in.
    """

    time_zone: ZoneInfo = ZoneInfo("UTC")
    refresh_after: timedelta = timedelta(hours=6)
    pptx_template: Path | None = None
    allowed_emails: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything configured. No accounts means sample data."""

    accounts: tuple[Account, ...]
    store_url: str
    dashboard: Dashboard


def read_settings(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError on the first setting that is wrong."""
    return Settings(read_accounts(secrets, environ), read_store_url(secrets, environ), read_dashboard(secrets))


def read_accounts(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[Account, ...]:
    """The configured accounts in their order; none at all when nothing is configured. Raises SettingsError."""
    variables = {key: environ[name] for name, key in ENVIRONMENT.items() if environ.get(name, "").strip()}
    if variables:
        names = {key: name for name, key in ENVIRONMENT.items()}
        return (_account(DEFAULT_ACCOUNT, variables, "the environment", label=lambda key: names[key]),)
    if "mimecast" not in secrets:
        _near_misses(secrets)
        return ()
    table = _table(secrets, "mimecast")
    if "accounts" not in table:
        return (_account(DEFAULT_ACCOUNT, table, "[mimecast]"),)
    if len(table) > 1:
        key = next(key for key in table if key != "accounts")
        raise SettingsError(
            f"{key} stands in [mimecast] beside [mimecast.accounts].",
            remedy="Move it into one of the accounts, or keep a single account in [mimecast].",
        )
    accounts = _table(table, "accounts", "mimecast.accounts")
    if not accounts:
        raise SettingsError("[mimecast.accounts] holds no account.", remedy=f"Add one, {EXAMPLE}.")
    return tuple(
        _account(account_id(key), _table(accounts, key, place), f"[{place}]")
        for key, place in ((key, f"mimecast.accounts.{key}") for key in accounts)
    )


def read_store_url(secrets: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """SQLAlchemy's URL of the store; a relative SQLite path is made relative to the project. Raises SettingsError."""
    url: object = environ.get(STORE_VARIABLE, "").strip()
    place = STORE_VARIABLE
    if not url:
        table = _table(_table(secrets, "connections"), "snapshots", "connections.snapshots")
        _known_keys(table, ("url",), "[connections.snapshots]")
        url, place = table.get("url", DEFAULT_STORE), "url in [connections.snapshots]"
    return checked_url(url, place)


def checked_url(url: object, place: str) -> str:
    """The URL of a store, a relative SQLite path made relative to the project. Raises SettingsError, naming `place`."""
    if not isinstance(url, str) or not re.match(r"[a-z][\w+]*://", url):
        raise SettingsError(f"{place} is not a database URL.", remedy=f"Write one like {DEFAULT_STORE}.")
    driver, _, path = url.partition(":///")
    if driver.partition("+")[0] != "sqlite" or path in ("", ":memory:") or path.startswith("file:"):
        return url
    return f"{driver}:///{PROJECT / path}"


def read_dashboard(secrets: Mapping[str, Any]) -> Dashboard:
    """Raises SettingsError."""
    table, place = _table(secrets, "dashboard"), "[dashboard]"
    _known_keys(table, ("time_zone", "refresh_after", "pptx_template", *ALLOWED), place)
    made = Dashboard()
    if "time_zone" in table:
        made = replace(made, time_zone=_zone(table["time_zone"], place))
    if "refresh_after" in table:
        made = replace(made, refresh_after=_length_of_time(table["refresh_after"], place))
    if "pptx_template" in table:
        made = replace(made, pptx_template=_template(table["pptx_template"], place))
    emails, domains = (_allowed(table[key], key, place) if key in table else () for key in ALLOWED)
    return replace(made, allowed_emails=emails, allowed_domains=domains)


def secrets_files() -> list[Path]:
    """Where Streamlit looks for `secrets.toml`; a later file's tables win over an earlier one's."""
    folders = [Path.home(), Path.cwd(), PROJECT]
    return list(dict.fromkeys(folder / ".streamlit" / "secrets.toml" for folder in folders))


def read_secrets_files(files: Iterable[Path] | None = None) -> dict[str, Any]:
    """The tables of all secrets files; empty when there is none. Raises SettingsError when one cannot be read."""
    tables: dict[str, Any] = {}
    for file in secrets_files() if files is None else files:
        try:
            tables.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            continue
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
            raise SettingsError(
                f"{file} is not valid TOML{f', at {where[1]}' if where else ''}.",
                remedy='Write each setting as: key = "value", with the quotes, one a line.',
            ) from None
        except UnicodeDecodeError:
            raise SettingsError(f"{file} is not UTF-8 text.", remedy="Save it with the encoding UTF-8.") from None
        except OSError as error:
            raise SettingsError(
                f"{file} cannot be read: {error.strerror or 'unknown reason'}.",
                remedy="Let the user who runs the dashboard read it.",
            ) from None
    return tables


def _account(its_id: str, table: Mapping[str, Any], place: str, *, label: Callable[[str], str] = str) -> Account:
    """One checked account. `label` gives the name by which the user knows a key."""
    _known_keys(table, ACCOUNT_KEYS, place)
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
            f"{place} lacks {listing([label(key) for key in API2_KEYS])} (API 2.0), or "
            f"{listing([label(key) for key in ('base_url', *API1_KEYS)])} (API 1.0).",
            remedy=f"Copy them from Mimecast's console; {EXAMPLE}.",
        )
    wanted = API2_KEYS if generation2 else ("base_url", *API1_KEYS)
    if missing := [key for key in wanted if key not in given]:
        raise SettingsError(
            f"{place} lacks {', '.join(label(key) for key in missing)}.",
            remedy=f"Copy what is missing from Mimecast's console; {EXAMPLE}.",
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


def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself, as an address or as `localhost`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def account_id(key: str) -> str:
    """The key, when it can be an account's id. Raises SettingsError."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", key):
        raise SettingsError(
            f"{key[:40]!r} in [mimecast.accounts] cannot be an account's id.",
            remedy="Use up to 40 letters, digits, - and _, and put the company's name under name.",
        )
    return key


def _zone(value: object, place: str) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"time_zone in {place} is not the name of a time zone.", remedy='Write one like "Europe/London" or "UTC".'
        ) from None


def _template(value: object, place: str) -> Path:
    what = f"pptx_template in {place}"
    write = 'Write the path of a PowerPoint file, like "data/template.pptx"; a relative one is relative to the project.'
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{what} is not the path of a file.", remedy=write)
    file = PROJECT / value.strip()
    if not file.is_file():
        raise SettingsError(f"{what} names {file}, which is not there.", remedy=write)
    if file.suffix.lower() not in (".pptx", ".potx") or not is_zipfile(file):
        raise SettingsError(
            f"{what} names {file}, which is not a PowerPoint file.", remedy="Save it in PowerPoint as .pptx or .potx."
        )
    return file


def _length_of_time(value: object, place: str) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,5})\s*([mhd])\s*", value) if isinstance(value, str) else None
    if not match or not int(match[1]):
        raise SettingsError(
            f"refresh_after in {place} is not a length of time.", remedy='Write one like "30m", "6h" or "1d".'
        )
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _allowed(value: object, key: str, place: str) -> tuple[str, ...]:
    """A list of e-mail addresses, or of what may stand behind the @ of one."""
    form, example = {
        "allowed_emails": (r"[^\s@]+@[^\s@]+", '["ada@contoso.com", "grace@contoso.com"]'),
        "allowed_domains": (r"[^\s@*]+\.[^\s@*]+", '["contoso.com"]'),
    }[key]
    write = f"Write a list like {key} = {example}."
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SettingsError(f"{key} in {place} is not a list of texts.", remedy=write)
    if not value:
        raise SettingsError(f"{key} in {place} is an empty list.", remedy=f"{write[:-1]}, or remove it.")
    for number, one in enumerate(value, start=1):
        if not re.fullmatch(form, one.strip()):
            what = "an e-mail address" if key == "allowed_emails" else "a domain, the part behind the @"
            raise SettingsError(f"Entry {number} of {key} in {place} is not {what}.", remedy=write)
    return tuple(one.strip().casefold() for one in value)


def _table(parent: Mapping[str, Any], key: str, place: str | None = None) -> Mapping[str, Any]:
    value = parent.get(key, {})
    if not isinstance(value, Mapping):
        raise SettingsError(
            f"{place or key} is a single value instead of a table.",
            remedy=f"Write [{place or key}] on a line of its own and the keys below it.",
        )
    return value


def _known_keys(table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.6)
            raise SettingsError(
                f"{place} holds the unknown key {key[:60]!r}.",
                remedy=f"Did you mean {near[0]}?" if near else f"The keys known here are {', '.join(known)}.",
            )


def _near_misses(secrets: Mapping[str, Any]) -> None:
    """A misspelt [mimecast], or keys above any table, must not pass for "nothing configured"."""
    for key, value in secrets.items():
        if isinstance(value, Mapping):
            if difflib.get_close_matches(key.lower(), ["mimecast"], cutoff=0.8):
                raise SettingsError(f"The table [{key[:60]}] is unknown.", remedy="Did you mean [mimecast]?")
        elif key.lower() in ACCOUNT_KEYS or key.upper() in ENVIRONMENT:
            raise SettingsError(f"{key} stands outside any table.", remedy="Write [mimecast] on a line above it.")
