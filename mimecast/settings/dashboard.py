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
from mimecast.settings.validation import SettingsError, check_known_keys, parse_duration, read_table

ALLOW_LIST_KEYS: Final = ("allowed_emails", "allowed_domains")
"""The keys of [dashboard] that say who may see it."""

_PLACE: Final = "[dashboard]"


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """The settings of the dashboard.

    Attributes:
        time_zone: The zone that decides which calendar day a snapshot belongs to.
        refresh_after: The age of the newest snapshot from which a page requests a new one.
        pptx_template: The PowerPoint file whose master the slides of a report use; None for the built-in one.
        allowed_emails: The case-folded e-mail addresses of users who may see the dashboard once they have signed in.
        allowed_domains: The case-folded domains of such addresses.
    """

    time_zone: ZoneInfo = ZoneInfo("UTC")
    refresh_after: timedelta = timedelta(hours=6)
    pptx_template: Path | None = None
    allowed_emails: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()


def read_dashboard(secrets: Mapping[str, Any]) -> DashboardSettings:
    """Return the settings of [dashboard], with defaults for those that are missing.

    Raises:
        SettingsError: A setting is wrong.
    """
    table = read_table(secrets, "dashboard")
    check_known_keys(table, ("time_zone", "refresh_after", "pptx_template", *ALLOW_LIST_KEYS), _PLACE)
    settings = DashboardSettings()
    if "time_zone" in table:
        settings = replace(settings, time_zone=_read_time_zone(table["time_zone"]))
    if "refresh_after" in table:
        settings = replace(settings, refresh_after=_read_refresh_after(table["refresh_after"]))
    if "pptx_template" in table:
        settings = replace(settings, pptx_template=_read_template(table["pptx_template"]))
    emails, domains = (_read_allow_list(table[key], key) if key in table else () for key in ALLOW_LIST_KEYS)
    return replace(settings, allowed_emails=emails, allowed_domains=domains)


def _read_time_zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"time_zone in {_PLACE} is not the name of a time zone.",
            remedy='Write one like "Europe/London" or "UTC".',
        ) from None


def _read_refresh_after(value: object) -> timedelta:
    duration = parse_duration(value, units="mhd", max_digits=5) if isinstance(value, str) else None
    if duration is None:
        raise SettingsError(
            f"refresh_after in {_PLACE} is not a length of time.", remedy='Write one like "30m", "6h" or "1d".'
        )
    return duration


def _read_template(value: object) -> Path:
    setting = f"pptx_template in {_PLACE}"
    remedy = (
        'Write the path of a PowerPoint file, like "data/template.pptx"; a relative one is relative to the project.'
    )
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{setting} is not the path of a file.", remedy=remedy)
    file = PROJECT / value.strip()
    if not file.is_file():
        raise SettingsError(f"{setting} names {file}, which is not there.", remedy=remedy)
    if file.suffix.lower() not in (".pptx", ".potx") or not is_zipfile(file):
        raise SettingsError(
            f"{setting} names {file}, which is not a PowerPoint file.",
            remedy="Save it in PowerPoint as .pptx or .potx.",
        )
    return file


def _read_allow_list(value: object, key: str) -> tuple[str, ...]:
    """Return the case-folded entries of a list of e-mail addresses or of domains."""
    pattern, example = {
        "allowed_emails": (r"[^\s@]+@[^\s@]+", '["ada@contoso.com", "grace@contoso.com"]'),
        "allowed_domains": (r"[^\s@*]+\.[^\s@*]+", '["contoso.com"]'),
    }[key]
    remedy = f"Write a list like {key} = {example}."
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise SettingsError(f"{key} in {_PLACE} is not a list of texts.", remedy=remedy)
    if not value:
        raise SettingsError(f"{key} in {_PLACE} is an empty list.", remedy=f"{remedy[:-1]}, or remove it.")
    for number, entry in enumerate(value, start=1):
        if not re.fullmatch(pattern, entry.strip()):
            expected = "an e-mail address" if key == "allowed_emails" else "a domain, the part behind the @"
            raise SettingsError(f"Entry {number} of {key} in {_PLACE} is not {expected}.", remedy=remedy)
    return tuple(entry.strip().casefold() for entry in value)
