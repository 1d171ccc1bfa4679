"""Campaigns after a snapshot: requested and stored where the settings ask for them. A failure costs no snapshot."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime

from mimecast.api.auth import utc_now
from mimecast.api.campaigns import CampaignsResult, fetch_campaigns
from mimecast.api.client import Client
from mimecast.api.errors import MimecastError
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.capture.one_account import CapturedSnapshot, keep_wait
from mimecast.domain.causes.campaigns import Campaign, without_small_totals
from mimecast.domain.people.limits import DEFAULT_GROUP_SIZE
from mimecast.domain.snapshot import Source
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.causes.campaigns import save_campaigns
from mimecast.store.store import Store


def add_campaigns(
    captured: CapturedSnapshot,
    account: Account,
    store: Store,
    dashboard: DashboardSettings,
    *,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
    request_slot: AbstractContextManager[object] | None = None,
) -> CapturedSnapshot:
    """Return the captured snapshot, with the campaigns stored where that is due, or why they could not be.

    A faulty setting `campaigns` is a problem as well, since they may have been due. Nothing is requested for a snapshot
    that another run took: that run requests the campaigns.
    """
    if fault := next((fault for fault in dashboard.faults if fault.key == "campaigns"), None):
        return replace(captured, campaigns_problem=fault.problem)
    if not dashboard.campaigns or captured.by_another:
        return captured
    size = dashboard.min_group_size
    try:
        with request_slot or nullcontext():
            result = capture_campaigns(account, store, retry_policy=retry_policy, clock=clock, min_group_size=size)
    except Problem as problem:
        return replace(captured, campaigns_problem=problem)
    return replace(captured, warnings=(*captured.warnings, *result.warnings))


def capture_campaigns(
    account: Account,
    store: Store,
    *,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
    min_group_size: int = DEFAULT_GROUP_SIZE,
) -> CampaignsResult:
    """Request the account's campaigns and store their totals.

    Of a campaign that fewer than `min_group_size` users received, only the name and the date are stored.

    Raises:
        SettingsError: The account has no keys.
        MimecastError: The campaigns could not be requested.
        StoreError: They could not be stored.
    """
    client = Client(account.base_url, account.require_keys(), retry_policy=retry_policy, clock=clock)
    try:
        result = fetch_campaigns(client)
    except MimecastError as error:
        keep_wait(error, account, store, clock())
        raise
    now = clock()
    campaigns = [
        without_small_totals(
            Campaign(account.id, row.id, row.name, row.launched_at, now, now, **row.totals), min_group_size
        )
        for row in result.rows
    ]
    save_campaigns(store, campaigns, Source.SANDBOX if result.is_from_sandbox else Source.MIMECAST)
    return result
