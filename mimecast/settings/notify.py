"""The table [notify]. Each key is checked separately: a faulty one has its default, and a faulty entry is left out.

URLs contain secrets: no message names more than the number of an entry. Whether Apprise can use a URL is not checked
here, since importing it takes longer than the settings of a capture should.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from mimecast.domain.notifications.alert_states import CONFIGURABLE_RULES, Rule
from mimecast.domain.notifications.digest_periods import DigestInterval
from mimecast.settings.validation import (
    MAX_SHOWN_CHARS,
    SettingsError,
    is_placeholder,
    nearest,
    read_table,
    unknown_key_problem,
)

NOTIFY_KEYS: Final = ("urls", "alerts", "digest", "digest_attach", "heartbeat_url", "dashboard_url")

ATTACHMENTS: Final = ("none", "html", "pptx", "pdf", "png")
"""The values of digest_attach."""

WHOLE_TABLE: Final = "*"
"""The key of a fault that concerns every key of [notify]."""

DEFAULTS_IN_USE: Final = {
    WHOLE_TABLE: "Until then, nothing is sent.",
    "urls": "Until then, it is ignored.",
    "alerts": "Until then, it is ignored.",
    "digest": "Until then, no digest is sent.",
    "digest_attach": "Until then, slides are attached.",
    "heartbeat_url": "Until then, no heartbeat is sent.",
    "dashboard_url": "Until then, messages have no link.",
}
"""What happens while a key is faulty, as a sentence for its reader."""

_PLACE: Final = "[notify]"


@dataclass(frozen=True, slots=True)
class NotifyFault:
    """A key of [notify] that cannot be used, whole or in part, and why. `key` is empty for an unknown one."""

    key: str
    problem: SettingsError


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """The settings of notifications. Without `urls`, nothing is evaluated or sent; the heartbeat needs none.

    Attributes:
        urls: Apprise URLs, in order. They contain secrets.
        alerts: The rules that apply.
        digest: How often a digest is sent.
        digest_attach: The suffix of the report that is attached to a digest, such as `.pptx`; empty for none.
        heartbeat_url: The address that is requested after a capture of all accounts that succeeded; empty for none.
        dashboard_url: The address of the dashboard, for links; empty for none.
        faults: The keys that cannot be used, whole or in part.
    """

    urls: tuple[str, ...] = field(default=(), repr=False)
    alerts: frozenset[Rule] = frozenset(CONFIGURABLE_RULES)
    digest: DigestInterval = DigestInterval.OFF
    digest_attach: str = ".pptx"
    heartbeat_url: str = field(default="", repr=False)
    dashboard_url: str = ""
    faults: tuple[NotifyFault, ...] = ()

    @property
    def problems(self) -> tuple[SettingsError, ...]:
        """The problem of each fault, with what is used until it is corrected."""
        return tuple(_with_default(fault) for fault in self.faults)

    def require(self, *keys: str) -> None:
        """Raise the SettingsError of the first of these keys that is faulty, for a command that needs them."""
        for fault in self.faults:
            if fault.key in (*keys, WHOLE_TABLE):
                raise fault.problem

    def has_fault(self, key: str) -> bool:
        """Return whether a key is faulty."""
        return any(fault.key in (key, WHOLE_TABLE) for fault in self.faults)


def read_notify(secrets: Mapping[str, Any]) -> NotifySettings:
    """Return the settings of [notify], with defaults for those that are missing or faulty."""
    try:
        table = read_table(secrets, "notify")
    except SettingsError as no_table:
        return NotifySettings(faults=(NotifyFault(WHOLE_TABLE, no_table),))
    settings = NotifySettings()
    faults: list[NotifyFault] = []
    for key, value in table.items():
        if key not in NOTIFY_KEYS:
            unknown = unknown_key_problem(key, NOTIFY_KEYS, _PLACE)
            faults.append(NotifyFault(nearest(key, NOTIFY_KEYS, cutoff=0.6) or "", unknown))
            continue
        problems: list[SettingsError] = []
        try:
            settings = replace(settings, **{key: _READERS[key](value, problems)})
        except SettingsError as problem:
            problems.append(problem)
        faults += [NotifyFault(key, problem) for problem in problems]
    return replace(settings, faults=tuple(faults))


def _with_default(fault: NotifyFault) -> SettingsError:
    default = DEFAULTS_IN_USE.get(fault.key, "")
    return SettingsError(fault.problem.message, remedy=f"{fault.problem.remedy} {default}".strip())


def _read_urls(value: object, problems: list[SettingsError]) -> tuple[str, ...]:
    """Return the entries that can be URLs; add the problems of the others."""
    remedy = "Write Apprise URLs, like mailto://... or slack://...; docs/notifications.md has examples."
    if not isinstance(value, list):
        raise SettingsError(f"urls in {_PLACE} is not a list of quoted values.", remedy=remedy)
    urls = []
    for number, entry in enumerate(value, start=1):
        name = f"Entry {number} of urls in {_PLACE}"
        if isinstance(entry, str) and is_placeholder(entry):
            problems.append(SettingsError(f"{name} is still the example URL.", remedy="Write your own, or remove it."))
        elif not isinstance(entry, str) or not re.match(r"[a-z][a-z0-9+.-]*://\S", entry.strip(), re.IGNORECASE):
            problems.append(SettingsError(f"{name} is not a URL.", remedy=remedy))
        elif entry.strip() not in urls:
            urls.append(entry.strip())
    return tuple(urls)


def _read_alerts(value: object, problems: list[SettingsError]) -> frozenset[Rule]:
    """Return the rules that are known; add the problems of the other entries."""
    known = [rule.value for rule in CONFIGURABLE_RULES]
    if not isinstance(value, list):
        raise SettingsError(f"alerts in {_PLACE} is not a list of quoted values.", remedy=_choices(known))
    rules = []
    for number, entry in enumerate(value, start=1):
        if entry in known:
            rules.append(Rule(entry))
            continue
        is_text = isinstance(entry, str)
        rule = f"the unknown rule {entry[:MAX_SHOWN_CHARS]!r}" if is_text else f"an unknown rule in entry {number}"
        problems.append(SettingsError(f"alerts in {_PLACE} has {rule}.", remedy=_choices(known)))
    return frozenset(rules)


def _read_digest(value: object, _: list[SettingsError]) -> DigestInterval:
    known = [interval.value for interval in DigestInterval]
    if value not in known:
        raise SettingsError(f"digest in {_PLACE} is not a known period.", remedy=_choices(known))
    return DigestInterval(value)


def _read_attachment(value: object, _: list[SettingsError]) -> str:
    if value not in ATTACHMENTS:
        raise SettingsError(f"digest_attach in {_PLACE} is not a known format.", remedy=_choices(ATTACHMENTS))
    return "" if value == "none" else f".{value}"


def _read_heartbeat(value: object, _: list[SettingsError]) -> str:
    return _read_address(value, "heartbeat_url", "https://hc-ping.com/YOUR-ID")


def _read_dashboard_url(value: object, _: list[SettingsError]) -> str:
    return _read_address(value, "dashboard_url", "https://scores.contoso.com")


def _read_address(value: object, key: str, example: str) -> str:
    """Return the address of a web page. Uptime monitors inside a network often have no certificate, so http is fine."""
    remedy = f"Write one like {example}, or remove the key."
    if not isinstance(value, str) or is_placeholder(value):
        raise SettingsError(f"{key} in {_PLACE} is not an address.", remedy=remedy)
    text = value.strip()
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not text.isprintable() or " " in text:
        raise SettingsError(f"{key} in {_PLACE} is not an address that begins with https://.", remedy=remedy)
    return text


def _choices(values: tuple[str, ...] | list[str]) -> str:
    return f"The known values are {', '.join(values)}."


_READERS: Final[Mapping[str, Callable[[object, list[SettingsError]], Any]]] = {
    "urls": _read_urls,
    "alerts": _read_alerts,
    "digest": _read_digest,
    "digest_attach": _read_attachment,
    "heartbeat_url": _read_heartbeat,
    "dashboard_url": _read_dashboard_url,
}
"""How the value of each key is read; each raises a SettingsError when it cannot be used, or adds those of entries."""
