"""Capture of an account's list of users, after its snapshot: counts per department, and the grades of pseudonyms.

Names and addresses are in memory only while a page of the list is counted. A failure never costs the snapshot.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from mimecast.api.auth import utc_now
from mimecast.api.client import Client
from mimecast.api.errors import MimecastError
from mimecast.api.retry import COMMAND_LINE_RETRIES, RetryPolicy
from mimecast.api.safe_score_details import SafeScoreDetails
from mimecast.capture.one_account import CapturedSnapshot, keep_wait
from mimecast.domain.people.limits import MIN_KEY_BYTES
from mimecast.domain.people.users import (
    ListedUser,
    Pseudonym,
    key_fingerprint,
    odd_rows_warning,
    pseudonym_of,
    tally_users,
)
from mimecast.domain.scores import AT_RISK
from mimecast.domain.snapshot import Source
from mimecast.formatting import format_int, pluralize
from mimecast.problem import Problem
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.people.errors import key_changed
from mimecast.store.people.read import load_captures, load_fingerprint
from mimecast.store.people.write import PeopleList, save_people
from mimecast.store.store import Store

LISTED_TWICE: Final = "listed twice"


@dataclass(frozen=True, slots=True)
class UserAtRisk:
    """A user at risk, as the list of names shows them. Personal data, so the repr shows none of it."""

    user: ListedUser = field(repr=False)
    pseudonym: Pseudonym = field(repr=False)


def add_people(
    captured: CapturedSnapshot,
    account: Account,
    store: Store,
    dashboard: DashboardSettings,
    *,
    retry_policy: RetryPolicy = COMMAND_LINE_RETRIES,
    clock: Callable[[], datetime] = utc_now,
    request_slot: AbstractContextManager[object] | None = None,
) -> CapturedSnapshot:
    """Request and store the list of users that belongs to a snapshot, if the settings ask for it.

    Returns:
        The snapshot with the warnings about the list, or with the problem that prevented it.
    """
    try:
        if problem := dashboard.people_problem:
            return replace(captured, people_problem=problem)
        if not dashboard.people_level.is_on:
            return captured
        if captured.by_another and _is_listed(store, captured):
            return captured
        with request_slot or nullcontext():
            warnings = _capture_people(captured, account, store, dashboard, retry_policy=retry_policy, clock=clock)
    except MimecastError as error:
        keep_wait(error, account, store, clock())
        return replace(captured, people_problem=error)
    except Problem as error:
        return replace(captured, people_problem=error)
    return replace(captured, warnings=(*captured.warnings, *warnings))


def list_at_risk(
    account: Account,
    key: bytes,
    *,
    retry_policy: RetryPolicy,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[UserAtRisk]:
    """Request the list of users and yield those at risk, the last row of each address. Nothing is stored.

    Raises:
        SettingsError: The account has no keys.
        MimecastError: The list could not be requested.
    """
    client = Client(account.base_url, account.require_keys(), retry_policy=retry_policy, clock=clock)
    at_risk: dict[Pseudonym, UserAtRisk] = {}
    for user in SafeScoreDetails(client):
        if not user.address:
            continue
        pseudonym = pseudonym_of(key, user.address)
        at_risk.pop(pseudonym, None)
        if user.grade in AT_RISK:
            at_risk[pseudonym] = UserAtRisk(user, pseudonym)
    yield from at_risk.values()


def _is_listed(store: Store, captured: CapturedSnapshot) -> bool:
    """Return whether another run has stored the list that belongs to a snapshot."""
    captures = load_captures(store, captured.snapshot.account)
    return bool(captures) and captures[-1].taken_at >= captured.snapshot.taken_at


def _capture_people(
    captured: CapturedSnapshot,
    account: Account,
    store: Store,
    dashboard: DashboardSettings,
    *,
    retry_policy: RetryPolicy,
    clock: Callable[[], datetime],
) -> list[str]:
    """Request and store the list, and return the warnings about it. Raises Problem."""
    snapshot = captured.snapshot
    has_movement = dashboard.people_level.has_movement
    key = dashboard.pseudonym_key if has_movement and dashboard.pseudonym_key else os.urandom(MIN_KEY_BYTES)
    fingerprint = key_fingerprint(key) if has_movement else None
    _require_same_key(store, account.id, fingerprint)
    details = SafeScoreDetails(Client(account.base_url, account.require_keys(), retry_policy=retry_policy, clock=clock))
    tally = tally_users(details, lambda address: pseudonym_of(key, address))
    details.odd[LISTED_TWICE] = tally.listed_twice
    people = PeopleList.from_tally(
        tally,
        account=account.id,
        taken_at=snapshot.taken_at,
        summary_graded=snapshot.counts.users_graded,
        with_intervals=has_movement,
        source=Source.SANDBOX if details.is_from_sandbox else Source.MIMECAST,
    )
    save_people(
        store,
        people,
        min_group_size=dashboard.min_group_size,
        retention=dashboard.people_retention,
        fingerprint=fingerprint,
    )
    return [warning for warning in (odd_rows_warning(details.odd), *_size_warnings(people, dashboard)) if warning]


def _require_same_key(store: Store, account: str, fingerprint: str | None) -> None:
    """Raise KeyChanged before anything is requested, if the stored pseudonyms were made with another key."""
    stored = load_fingerprint(store, account) if fingerprint else None
    if stored is not None and stored != fingerprint:
        raise key_changed(account)


def _size_warnings(people: PeopleList, dashboard: DashboardSettings) -> Iterator[str]:
    """Yield a warning about a list too short to change intervals, and one about a company too small to show."""
    if people.graded < dashboard.min_group_size:
        yield (
            f"The list of users has {pluralize(people.graded, 'graded user')}, fewer than min_group_size "
            f"({dashboard.min_group_size}), so none of it is stored."
        )
    elif not people.is_complete:
        yield (
            f"The list of users has {pluralize(people.graded, 'graded user')}, but the snapshot has "
            f"{format_int(people.summary_graded)}. The list may be incomplete, so movement is not updated."
        )
