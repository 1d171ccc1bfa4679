"""The table [dashboard]. Each key is checked separately: a faulty one has its default and leaves the others as set."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from zipfile import is_zipfile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mimecast.domain.people.limits import DEFAULT_GROUP_SIZE
from mimecast.settings.people import (
    DEFAULT_RETENTION,
    PEOPLE_KEYS,
    PeopleLevel,
    missing_key_problem,
    read_group_size,
    read_key,
    read_level,
    read_retention,
)
from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError, nearest, parse_duration, read_table, unknown_key_problem

ALLOW_LIST_KEYS: Final = ("allowed_emails", "allowed_domains")
"""The keys of [dashboard] that say who may see it."""

DASHBOARD_KEYS: Final = ("time_zone", "refresh_after", "pptx_template", *ALLOW_LIST_KEYS, "campaigns", *PEOPLE_KEYS)

WHOLE_TABLE: Final = "*"
"""The key of a fault that concerns every key of [dashboard]."""

DEFAULTS_IN_USE: Final = {
    WHOLE_TABLE: "Until then, every key of it has its default.",
    "time_zone": "Until then, UTC is used.",
    "refresh_after": "Until then, it is 6 hours.",
    "pptx_template": "Until then, reports use the built-in template.",
    "campaigns": "Until then, no campaigns are requested.",
    "people": "Until then, no list of users is requested.",
    "min_group_size": "Until then, no list of users is requested.",
    "pseudonym_key": "Until then, no list of users is requested where the level needs the key.",
    "people_viewers": "Until then, no one may see names.",
    "people_retention": "Until then, no list of users is requested.",
}
"""What happens while a key is faulty, as a sentence for its reader."""

_PLACE: Final = "[dashboard]"


@dataclass(frozen=True, slots=True)
class DashboardFault:
    """A key of [dashboard] that cannot be used, and why.

    `key` is the one that was meant: of a misspelt key, the known one that it resembles, empty if there is none. It is
    `WHOLE_TABLE` when [dashboard] is not a table.
    """

    key: str
    problem: SettingsError


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """The settings of the dashboard. A key that is faulty has its default, and an entry in `faults`.

    Attributes:
        time_zone: The zone that decides which calendar day a snapshot belongs to.
        refresh_after: The age of the newest snapshot from which a page requests a new one.
        pptx_template: The PowerPoint file whose master the slides of a report use; None for the built-in one.
        allowed_emails: The e-mail addresses of users who may see the dashboard once they have signed in, in lower-case
            ASCII; None without such a list. An empty list admits no one.
        allowed_domains: The domains of such addresses, likewise.
        campaigns: Whether the totals of phishing campaigns are requested after each `snapshot`.
        people: How much about departments and people is requested, stored and shown.
        min_group_size: Graded users below which a department is merged with others.
        pseudonym_key: The key of the pseudonyms, left out of the repr; None without one.
        people_viewers: The e-mail addresses of users who may see names, in lower-case ASCII.
        people_retention: For how long the grades of pseudonyms are kept after they have changed.
        faults: The keys that cannot be used.
    """

    time_zone: ZoneInfo = ZoneInfo("UTC")
    refresh_after: timedelta = timedelta(hours=6)
    pptx_template: Path | None = None
    allowed_emails: tuple[str, ...] | None = None
    allowed_domains: tuple[str, ...] | None = None
    campaigns: bool = False
    people: PeopleLevel = PeopleLevel.OFF
    min_group_size: int = DEFAULT_GROUP_SIZE
    pseudonym_key: bytes | None = field(default=None, repr=False)
    people_viewers: tuple[str, ...] = ()
    people_retention: timedelta = DEFAULT_RETENTION
    faults: tuple[DashboardFault, ...] = ()

    @property
    def people_problem(self) -> SettingsError | None:
        """The problem that keeps lists of users from being requested, if any. A level of `off` needs no other key."""
        needed = {"people", WHOLE_TABLE}
        if self.people.is_on:
            needed |= {"min_group_size", "people_retention"}
        if self.people.has_movement:
            needed.add("pseudonym_key")
        return next((fault.problem for fault in self.faults if fault.key in needed), None)

    @property
    def knows_retention(self) -> bool:
        """Whether `people_retention` can be used; its default might delete what a faulty one was to keep."""
        return not any(fault.key in ("people_retention", WHOLE_TABLE) for fault in self.faults)

    @property
    def people_level(self) -> PeopleLevel:
        """The level in use: `off` while a key that it needs is faulty."""
        return PeopleLevel.OFF if self.people_problem else self.people

    @property
    def problems(self) -> tuple[SettingsError, ...]:
        """The problem of each fault, with what is used until it is corrected."""
        return tuple(_with_default(fault) for fault in self.faults)

    @property
    def access_problem(self) -> SettingsError | None:
        """The problem of an allow list that cannot be used: it is then unknown who may see the dashboard."""
        return next((fault.problem for fault in self.faults if fault.key in (*ALLOW_LIST_KEYS, WHOLE_TABLE)), None)

    def require(self, *keys: str) -> None:
        """Raise the SettingsError of the first of these keys that is faulty, for a command that needs them."""
        for fault in self.faults:
            if fault.key in (*keys, WHOLE_TABLE):
                raise fault.problem


def read_dashboard(secrets: Mapping[str, Any]) -> DashboardSettings:
    """Return the settings of [dashboard], with defaults for those that are missing or faulty."""
    try:
        table = read_table(secrets, "dashboard")
    except SettingsError as problem:
        return DashboardSettings(faults=(DashboardFault(WHOLE_TABLE, problem),))
    settings, faults = DashboardSettings(), []
    for key, value in table.items():
        if key not in DASHBOARD_KEYS:
            faults.append(
                DashboardFault(
                    nearest(key, DASHBOARD_KEYS, cutoff=0.6) or "", unknown_key_problem(key, DASHBOARD_KEYS, _PLACE)
                )
            )
            continue
        try:
            settings = replace(settings, **{key: _READERS[key](value)})
        except SettingsError as problem:
            faults.append(DashboardFault(key, problem))
    if settings.people.has_movement and "pseudonym_key" not in table:
        faults.append(DashboardFault("pseudonym_key", missing_key_problem(settings.people)))
    return replace(settings, faults=tuple(faults))


def _with_default(fault: DashboardFault) -> SettingsError:
    default = DEFAULTS_IN_USE.get(fault.key, "")
    return SettingsError(fault.problem.message, remedy=f"{fault.problem.remedy} {default}".strip())


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
    remedy = 'Write the path of a PowerPoint file, like "data/template.pptx"; a relative path starts at the project.'
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise SettingsError(f"{setting} is not the path of a file.", remedy=remedy)
    file = PROJECT / value.strip()
    try:
        with file.open("rb") as content:
            is_package = is_zipfile(content)
    except (FileNotFoundError, NotADirectoryError):
        raise SettingsError(f"{setting} refers to {file}, which does not exist.", remedy=remedy) from None
    except IsADirectoryError:
        is_package = False
    except OSError as error:
        raise SettingsError(
            f"{setting} refers to {file}, which cannot be read: {error.strerror or 'unknown reason'}.",
            remedy="Let the user who runs the dashboard read it.",
        ) from None
    if file.suffix.lower() not in (".pptx", ".potx") or not is_package:
        raise SettingsError(
            f"{setting} refers to {file}, which is not a PowerPoint file.",
            remedy="Save it in PowerPoint as .pptx or .potx.",
        )
    return file


def _read_campaigns(value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(
            f"campaigns in {_PLACE} is neither true nor false.", remedy="Write campaigns = true or campaigns = false."
        )
    return value


def _read_emails(value: object) -> tuple[str, ...]:
    return _read_allow_list(
        value, "allowed_emails", r"[^\s@]+@[^\s@]+", "an e-mail address", '["ada@contoso.com", "grace@contoso.com"]'
    )


def _read_viewers(value: object) -> tuple[str, ...]:
    return _read_allow_list(value, "people_viewers", r"[^\s@]+@[^\s@]+", "an e-mail address", '["ada@contoso.com"]')


def _read_domains(value: object) -> tuple[str, ...]:
    return _read_allow_list(
        value, "allowed_domains", r"[^\s@*]+\.[^\s@*]+", "a domain, the part after the @", '["contoso.com"]'
    )


def _read_allow_list(value: object, key: str, pattern: str, expected: str, example: str) -> tuple[str, ...]:
    """Return the entries of a list of e-mail addresses or of domains, in lower case. All characters are ASCII."""
    remedy = f"Write a list like {key} = {example}."
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise SettingsError(f"{key} in {_PLACE} is not a list of quoted values.", remedy=remedy)
    for number, entry in enumerate(value, start=1):
        if not entry.isascii():
            raise SettingsError(
                f"Entry {number} of {key} in {_PLACE} has a character that is not ASCII.",
                remedy="Write an international domain in its ASCII form, which begins with xn--.",
            )
        if not re.fullmatch(pattern, entry.strip()):
            raise SettingsError(f"Entry {number} of {key} in {_PLACE} is not {expected}.", remedy=remedy)
    return tuple(entry.strip().lower() for entry in value)


_READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "time_zone": _read_time_zone,
    "refresh_after": _read_refresh_after,
    "pptx_template": _read_template,
    "allowed_emails": _read_emails,
    "allowed_domains": _read_domains,
    "campaigns": _read_campaigns,
    "people": read_level,
    "min_group_size": read_group_size,
    "pseudonym_key": read_key,
    "people_viewers": _read_viewers,
    "people_retention": read_retention,
}
"""How the value of each key is read; each raises a SettingsError when it cannot be used."""
