"""The table [dashboard]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from zipfile import is_zipfile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError, check_known_keys, read_table

ALLOW_LIST_KEYS: Final = ("allowed_emails", "allowed_domains")
"""Keys of [dashboard] that say who may see it."""


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """`time_zone` decides which calendar day a snapshot belongs to; `refresh_after` is the age at which a page asks;
    `pptx_template` is the PowerPoint file whose master a report's slides have, or None for plain ones.

    `allowed_emails` and `allowed_domains`, in lower case, are who may see it once they have signed in.
    """

    time_zone: ZoneInfo = ZoneInfo("UTC")
    refresh_after: timedelta = timedelta(hours=6)
    pptx_template: Path | None = None
    allowed_emails: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()


def read_dashboard(secrets: Mapping[str, Any]) -> DashboardSettings:
    """Raises SettingsError."""
    table, place = read_table(secrets, "dashboard"), "[dashboard]"
    check_known_keys(table, ("time_zone", "refresh_after", "pptx_template", *ALLOW_LIST_KEYS), place)
    made = DashboardSettings()
    if "time_zone" in table:
        made = replace(made, time_zone=_time_zone(table["time_zone"], place))
    if "refresh_after" in table:
        made = replace(made, refresh_after=_duration(table["refresh_after"], place))
    if "pptx_template" in table:
        made = replace(made, pptx_template=_template(table["pptx_template"], place))
    emails, domains = (_allow_list(table[key], key, place) if key in table else () for key in ALLOW_LIST_KEYS)
    return replace(made, allowed_emails=emails, allowed_domains=domains)


def _time_zone(value: object, place: str) -> ZoneInfo:
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


def _duration(value: object, place: str) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,5})\s*([mhd])\s*", value) if isinstance(value, str) else None
    if not match or not int(match[1]):
        raise SettingsError(
            f"refresh_after in {place} is not a length of time.", remedy='Write one like "30m", "6h" or "1d".'
        )
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _allow_list(value: object, key: str, place: str) -> tuple[str, ...]:
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
