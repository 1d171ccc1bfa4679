"""What a run of notifications finds to do: changes of states, a digest, and deliveries of earlier messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mimecast.domain.notifications.alert_states import Observation, Rule, Transition, next_state
from mimecast.domain.notifications.deliveries import Delivery, Message
from mimecast.domain.notifications.digest_periods import DigestPeriod, period_due
from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.notify.alert_rules import observe
from mimecast.notify.context import Context
from mimecast.store.notifications.alert_states import load_alert_states
from mimecast.store.notifications.messages import has_message, load_unfinished


@dataclass(frozen=True, slots=True)
class Due:
    """What a run finds to do.

    Attributes:
        transitions: Changes of the rules' states; some of them are alerts.
        newest: The newest snapshots, by account.
        period: The period of the digest that is due, if one is.
        unfinished: Deliveries of earlier messages to try again or to give up.
    """

    transitions: tuple[Transition, ...]
    newest: Mapping[str, Snapshot]
    period: DigestPeriod | None
    unfinished: tuple[tuple[Message, Delivery], ...]

    @property
    def alerts(self) -> list[Observation]:
        """The alerts to send."""
        return [transition.observation for transition in self.transitions if transition.is_alert]

    @property
    def needs_receivers(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.alerts or self.period or self.unfinished)


def find_due(context: Context) -> Due:
    """Return what is due. Nothing is written or sent. Raises StoreError."""
    rules = set(context.settings.alerts)
    if Rule.RESET in rules:
        rules.add(Rule.RESTART)
    observed = observe(context.store, context.names, rules, context.zone, context.now)
    states = load_alert_states(context.store, list(context.names))
    changes = (next_state(each, states.get((each.account, each.rule)), context.zone) for each in observed.observations)
    period = period_due(context.settings.digest, reporting_day(context.now, context.zone))
    if period and (not observed.newest or has_message(context.store, period.id)):
        period = None
    return Due(
        tuple(change for change in changes if change),
        observed.newest,
        period,
        tuple(load_unfinished(context.store, context.now)),
    )
