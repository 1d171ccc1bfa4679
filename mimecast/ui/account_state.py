"""What every page begins with: the newest snapshot of its account, and what its banners say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from mimecast.domain.causes.implausible import Mark
from mimecast.domain.causes.restarts import RestartSuggestion
from mimecast.domain.scheduled_runs import ScheduleStatus, schedule_status
from mimecast.domain.snapshot import Snapshot
from mimecast.store.causes.campaigns import has_campaigns
from mimecast.store.causes.implausible import load_marks
from mimecast.store.causes.restarts import load_suggestion
from mimecast.store.scheduled_runs import load_schedule_status
from mimecast.store.store import Store
from mimecast.ui.cache import PAGE_CACHE


@dataclass(frozen=True, slots=True)
class AccountState:
    """What the store holds of an account besides its history. Without arguments: that of an account without any.

    Attributes:
        newest: The newest snapshot whose counts are plausible.
        oldest: The oldest one.
        last_answer: The newest snapshot of all.
        misdated: Snapshots in the future or from before there can be any.
        marks: Answers whose counts are implausible, oldest first.
        suggestion: The baseline restart to suggest.
        schedule: The scheduled captures.
        has_campaigns: Whether campaigns are stored.
    """

    newest: Snapshot | None = None
    oldest: Snapshot | None = None
    last_answer: Snapshot | None = None
    misdated: tuple[Snapshot, ...] = ()
    marks: tuple[Mark, ...] = ()
    suggestion: RestartSuggestion | None = None
    schedule: ScheduleStatus = schedule_status(())
    has_campaigns: bool = False

    @property
    def open_marks(self) -> tuple[Mark, ...]:
        """The marks on which no reader has decided."""
        return tuple(mark for mark in self.marks if mark.is_open)


def load_account_state(store: Store, account: str, today: date, zone: ZoneInfo) -> AccountState:
    """Load the state of an account, or return it from the cache. Raises StoreError.

    A snapshot in the future becomes the newest when its time comes, without a write, so it keeps the state out of the
    cache.
    """

    def load() -> AccountState:
        newest = store.newest(account)
        return AccountState(
            newest,
            store.oldest(account) if newest else None,
            store.newest(account, include_marked=True),
            tuple(store.misdated_snapshots(account)),
            tuple(load_marks(store, account)),
            load_suggestion(store, account, today, zone) if newest else None,
            load_schedule_status(store, account),
            has_campaigns(store, account),
        )

    state = PAGE_CACHE.get(store, ("account_state", account, today, zone.key), load)
    return load() if state.misdated else state
