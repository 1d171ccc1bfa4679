"""Concurrent capture of many accounts; a failing account or host does not delay the others.

Each capture runs in a daemon thread of its own. (A ThreadPoolExecutor would keep the process alive after Ctrl-C, since
Python waits for the requests of its threads at exit.)
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Final

from mimecast.api.auth import utc_now
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.capture.host_queue import HostQueue
from mimecast.capture.one_account import CapturedSnapshot, capture
from mimecast.capture.people_retention import keep_retention
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.store import Store

MAX_CONCURRENT: Final = 16
"""Requests to one host at a time. If a response takes a tenth of a second or more, they stay within the 800 requests in
5 seconds that Mimecast allows, even if all accounts belong to one application."""

EXTRA_CAPTURES: Final = 0.5
"""Captures of a host beyond its requests, as a fraction of them: they take a lease, store or wait for a retry."""


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """The outcome of the capture of one account, and when the capture began and ended (UTC)."""

    account: Account
    started: datetime
    ended: datetime
    outcome: CapturedSnapshot | Problem


def capture_all(
    accounts: Sequence[Account],
    store: Store,
    *,
    max_concurrent: int = MAX_CONCURRENT,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
    dashboard: DashboardSettings | None = None,
) -> Iterator[list[CaptureResult]]:
    """Capture all accounts, with up to `max_concurrent` (1 or more) requests to each host at a time.

    With settings of the dashboard, the campaigns and the list of users follow each snapshot where they ask for them.

    Yields:
        The results that have arrived since the previous list, as soon as there is at least one. A problem with an
        account is its outcome. Captures that are running when the iteration or the process ends are abandoned.

    Raises:
        StoreError: The store cannot even be read.
    """
    newest = store.newest_of([account.id for account in accounts], include_marked=True)
    results: SimpleQueue[CaptureResult] = SimpleQueue()

    def run(account: Account, host: HostQueue) -> None:
        started = clock()
        outcome: CapturedSnapshot | Problem = Problem(
            "The capture ended unexpectedly.", remedy="Look at the message above."
        )
        try:
            outcome = capture(
                account,
                store,
                retry_policy=host.retry_policy(account),
                clock=clock,
                newest=newest,
                request_slot=host.request_slot(account),
            )
            if dashboard:
                outcome = _follow_up(outcome, account, store, dashboard, host, clock)
        except Problem as problem:
            outcome = problem
        finally:  # also after a crash, which `threading.excepthook` prints when this thread ends
            results.put(CaptureResult(account, started, clock(), outcome))
            start_next(host)

    def start_next(host: HostQueue) -> None:
        if account := host.pop():
            threading.Thread(target=run, args=(account, host), name="capture", daemon=True).start()

    by_host: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        by_host[account.base_url].append(account)
    hosts = [HostQueue(group, max_concurrent=max_concurrent, retry_policy=retry_policy) for group in by_host.values()]

    remaining = len(accounts)
    with store.hold_connection():
        for host in hosts:
            for _ in range(max_concurrent + int(max_concurrent * EXTRA_CAPTURES)):
                start_next(host)
        while remaining:
            batch = [results.get()]
            while not results.empty():
                batch.append(results.get())
            remaining -= len(batch)
            yield batch


def _follow_up(
    captured: CapturedSnapshot,
    account: Account,
    store: Store,
    dashboard: DashboardSettings,
    host: HostQueue,
    clock: Callable[[], datetime],
) -> CapturedSnapshot:
    """Capture the campaigns and the list of users where the settings ask for them, and apply the retention."""
    policy = host.retry_policy(account)
    if dashboard.campaigns or dashboard.faults:
        from mimecast.capture.campaigns import add_campaigns

        captured = add_campaigns(
            captured,
            account,
            store,
            dashboard,
            retry_policy=policy,
            clock=clock,
            request_slot=host.request_slot(account),
        )
    captured = keep_retention(captured, store, dashboard)
    if captured.people_problem or not (dashboard.people_level.is_on or dashboard.people_problem):
        return captured
    from mimecast.capture.people import add_people

    return add_people(
        captured, account, store, dashboard, retry_policy=policy, clock=clock, request_slot=host.request_slot(account)
    )
