"""Composes the message of a run from its alerts. It contains counts and shares only, no names of users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from mimecast.domain.notifications.alert_states import Observation, Rule
from mimecast.domain.notifications.deliveries import Message, MessageKind
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_datetime, single_line
from mimecast.text.notifications.titles import TEST_TITLE, alert_title, alerts_title, mark_sample, text_of_test


@dataclass(frozen=True, slots=True)
class Wording:
    """What messages say besides the alerts: the names of the accounts by id, the time zone, and where links lead."""

    names: Mapping[str, str]
    zone: ZoneInfo
    dashboard_url: str = ""

    def name(self, account: str) -> str:
        """Return what an account is called, on one line."""
        return single_line(self.names.get(account, account), 60) or account

    def link(self, account: str) -> str:
        """Return the address of an account's Overview, empty without an address of the dashboard."""
        if not self.dashboard_url or len(self.names) < 2:
            return self.dashboard_url
        parts = urlsplit(self.dashboard_url)
        query = "&".join(filter(None, (parts.query, f"account={quote(account)}")))
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def compose_alert(
    message_id: str,
    alerts: Sequence[Observation],
    newest: Mapping[str, Snapshot],
    wording: Wording,
    now: datetime,
) -> Message:
    """Return the message for one alert or more, those of an account together."""
    by_account: dict[str, list[Observation]] = {}
    for alert in alerts:
        by_account.setdefault(alert.account, []).append(alert)
    if len(by_account) == 1:
        title = alert_title(wording.name(alerts[0].account), alerts[0].headline, len(alerts))
        texts = [alerts[0].reason] if len(alerts) == 1 else [_section(alert) for alert in alerts]
        text = _join(*texts, *_footer(alerts, wording))
    else:
        title = alerts_title([wording.name(account) for account in by_account], len(alerts))
        text = "\n\n\n".join(
            _join(wording.name(account), *(_section(alert) for alert in group), *_footer(group, wording))
            for account, group in by_account.items()
        )
    is_sample = any(account in newest and newest[account].source.is_made_up for account in by_account)
    return Message(message_id, MessageKind.ALERT, now, mark_sample(title, is_sample=is_sample), text)


def compose_test(message_id: str, wording: Wording, now: datetime) -> Message:
    """Return the message that `notify --test` sends."""
    text = text_of_test([wording.name(account) for account in wording.names], now, wording.zone)
    return Message(message_id, MessageKind.TEST, now, TEST_TITLE, _join(text, wording.dashboard_url))


def _section(alert: Observation) -> str:
    return f"{alert.headline[:1].upper()}{alert.headline[1:]}.\n{alert.reason}"


def _footer(alerts: Sequence[Observation], wording: Wording) -> tuple[str, str]:
    """Return the instant of the numbers, unless an alert about a missing snapshot names it, and the account's link."""
    instants = [alert.at for alert in alerts if alert.rule is not Rule.STALE]
    as_of = f"As of {format_datetime(max(instants), wording.zone)}." if instants else ""
    return as_of, wording.link(alerts[0].account)


def _join(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs))
