"""Leases: one process at a time captures an account, on any number of machines."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from mimecast.store import leases as module
from mimecast.store.database.clock import DatabaseNow
from mimecast.store.leases import LEASE_DURATION, RENEW_INTERVAL, Lease
from mimecast.store.store import Store
from tests.support.stores.databases import EVERY_DATABASE
from tests.support.stores.leases import milliseconds_left, shift_leases
from tests.support.waiting import wait_until

pytestmark = EVERY_DATABASE


def test_one_at_a_time_has_the_lease_of_an_account(store: Store, store_url: str) -> None:
    lease, other_lease = Lease(store, "contoso"), Lease(Store.open(store_url), "contoso")
    assert lease.acquire()
    assert not other_lease.acquire()
    assert Lease(store, "fabrikam").acquire()
    assert lease.acquire(), "who has it renews it"
    other_lease.release()
    assert not other_lease.acquire(), "a lease is released only by its holder"
    lease.release()
    assert other_lease.acquire()
    assert not lease.acquire()


def test_a_lease_that_is_never_released_blocks_for_20_seconds_at_most(store: Store, store_url: str) -> None:
    killed, waiting = Lease(store, "contoso"), Lease(Store.open(store_url), "contoso")
    assert killed.acquire()
    assert 0 < milliseconds_left(store) <= LEASE_DURATION.total_seconds() * 1000 <= 20_000
    assert RENEW_INTERVAL * 2 < LEASE_DURATION
    shift_leases(store, timedelta(milliseconds=100) - LEASE_DURATION)
    wait_until(waiting.acquire)
    assert not killed.acquire()


def test_a_clock_that_was_set_back_does_not_make_a_lease_longer(store: Store, store_url: str) -> None:
    assert Lease(store, "contoso").acquire()
    shift_leases(store, timedelta(hours=1))
    assert Lease(Store.open(store_url), "contoso").acquire()
    assert milliseconds_left(store) <= LEASE_DURATION.total_seconds() * 1000


def test_a_lease_is_renewed_while_the_work_goes_on_and_given_back_at_the_end(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_INTERVAL", timedelta(seconds=0.05))
    lease, other = Lease(store, "contoso"), Lease(Store.open(store_url), "contoso")
    assert lease.acquire()
    with suppress(ZeroDivisionError), lease.hold():
        shift_leases(store, -LEASE_DURATION / 2)
        wait_until(lambda: milliseconds_left(store) > LEASE_DURATION.total_seconds() * 900)
        assert not other.acquire()
        raise ZeroDivisionError
    assert other.acquire()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease of")]


def test_the_lease_uses_the_databases_clock_and_not_the_machines(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.reading() as connection:
        now = connection.execute(select(DatabaseNow())).scalar_one()
    assert abs(now - time.time() * 1000) < 60_000
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert Lease(store, "contoso").acquire()
    assert 0 < milliseconds_left(store) <= LEASE_DURATION.total_seconds() * 1000
