"""A wait that Mimecast asked for holds for every run, on every machine, until it is over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from mimecast.api.errors import RateLimited, ServiceError, WaitRequested
from mimecast.api.retry import PAGE_RETRIES
from mimecast.capture.background_refresh import Refresher
from mimecast.capture.one_account import capture
from mimecast.sandbox.api1 import TOY_KEYS
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.database.clock import DatabaseNow
from mimecast.store.database.tables import waits
from mimecast.store.rate_limit_waits import MAX_WAIT, load_wait, save_wait
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine, assert_failed
from tests.support.stores.databases import SQLITE_FIRST
from tests.support.waiting import wait_until

pytestmark = SQLITE_FIRST

APPLICATION = ("https://eu-api.mimecast.com", "application")


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account("contoso", "Contoso", sandbox.base_url, sandbox.keys)


def shift(store: Store, by: timedelta) -> None:
    """Move the end of every wait, as if the database's clock had gone on the other way."""
    with store.writing() as connection:
        connection.execute(waits.update().values(until=waits.c.until + int(by.total_seconds() * 1000)))


def test_a_wait_holds_for_its_application_until_its_end(store: Store, store_url: str) -> None:
    save_wait(store, APPLICATION, timedelta(hours=2))
    remaining = load_wait(Store.open(store_url), APPLICATION)
    assert remaining is not None
    assert timedelta(hours=2) - timedelta(minutes=1) < remaining <= timedelta(hours=2)
    assert load_wait(store, (*APPLICATION[:1], "other")) is None
    save_wait(store, APPLICATION, timedelta(minutes=1))
    assert (load_wait(store, APPLICATION) or timedelta()) > timedelta(hours=1), "the latest end counts"
    shift(store, -timedelta(hours=2))
    assert load_wait(store, APPLICATION) is None
    save_wait(store, APPLICATION, timedelta(minutes=1))
    assert (load_wait(store, APPLICATION) or timedelta()) <= timedelta(minutes=1)


def test_a_wait_is_never_longer_than_a_day_even_if_the_databases_clock_is_set_back(store: Store) -> None:
    save_wait(store, APPLICATION, timedelta(days=400))
    assert (load_wait(store, APPLICATION) or timedelta()) <= MAX_WAIT
    shift(store, timedelta(days=400))
    assert load_wait(store, APPLICATION) is None
    save_wait(store, APPLICATION, timedelta(minutes=1))
    assert (load_wait(store, APPLICATION) or timedelta()) <= timedelta(minutes=1)


def test_waits_that_are_over_are_deleted_and_tell_nothing_about_the_credentials(store: Store) -> None:
    save_wait(store, APPLICATION, timedelta(hours=1))
    shift(store, -timedelta(hours=1))
    save_wait(store, ("https://eu-api.mimecast.com", TOY_KEYS.app_id), timedelta(hours=1))
    with store.reading() as connection:
        (row,) = connection.execute(waits.select())
        assert row.until > connection.scalar(DatabaseNow().select())
    assert TOY_KEYS.app_id not in str(row)


@pytest.mark.parametrize("generation", [1, 2])
def test_no_one_asks_before_the_wait_is_over(sandbox: Sandbox, store: Store, store_url: str, generation: int) -> None:
    keys = sandbox.keys if generation == 1 else sandbox.api2.keys
    first, second = (Account(name, name, sandbox.base_url, keys) for name in ("first", "second"))
    other = Account("other", "Other", sandbox.base_url, sandbox.api2.keys if generation == 1 else sandbox.keys)
    sandbox.set_fault("rate-limited-date")
    with pytest.raises(RateLimited):
        capture(first, store, clock=lambda: NOW)
    sandbox.set_fault(None)
    for account in (first, second):
        with pytest.raises(WaitRequested) as caught:
            capture(account, Store.open(store_url), clock=lambda: NOW)
        assert caught.value.not_before is not None
        assert abs(caught.value.not_before - NOW - timedelta(hours=24)) < timedelta(minutes=1)
        assert caught.value.remedy.startswith("Try again after 25 Nov 2026, 12:")
    assert sandbox.summary_requests == 1
    assert not capture(other, store).by_another, "the wait of one application is none of another's"
    shift(store, -timedelta(hours=24))
    assert not capture(first, store).by_another


def test_a_service_that_is_down_is_left_alone_as_long_as_it_asks(
    account: Account, sandbox: Sandbox, store: Store
) -> None:
    sandbox.set_fault("unavailable-until-later")
    with pytest.raises(ServiceError, match="status 503"):
        capture(account, store)
    with pytest.raises(WaitRequested):
        capture(account, store)
    assert sandbox.summary_requests == 1


def test_a_refresh_by_hand_is_refused_too_and_says_until_when(account: Account, sandbox: Sandbox, store: Store) -> None:
    sandbox.set_fault("rate-limited-long")
    refresher = Refresher()

    def refresh() -> None:
        before = refresher.state("contoso").completed
        assert refresher.start("contoso", lambda: capture(account, store, retry_policy=PAGE_RETRIES), automatic=False)
        wait_until(lambda: refresher.state("contoso").completed == before + 1)

    refresh()
    sandbox.set_fault(None)
    refresh()
    state = refresher.state("contoso")
    assert isinstance(state.problem, WaitRequested)
    assert state.not_before is not None
    assert timedelta(seconds=100) < state.not_before - datetime.now(UTC) <= timedelta(seconds=120)
    assert sandbox.summary_requests == 1


def test_a_run_that_waits_for_another_one_learns_of_the_wait(
    account: Account, sandbox: Sandbox, store_url: str
) -> None:
    """The other run must wait while this one waits for its lease."""
    stores = [Store.open(store_url) for _ in range(4)]
    sandbox.set_fault("rate-limited-long")

    def run(store: Store) -> type[BaseException] | None:
        try:
            capture(account, store)
        except RateLimited as problem:
            return type(problem)
        return None

    with ThreadPoolExecutor(len(stores)) as pool:
        problems = list(pool.map(run, stores))
    assert sorted(str(problem) for problem in problems) == sorted([str(RateLimited), *[str(WaitRequested)] * 3])
    assert sandbox.summary_requests == 1


def test_a_further_command_does_not_ask_and_names_the_end_with_its_date(
    command_line: CommandLine, account_variables: dict[str, str], sandbox: Sandbox
) -> None:
    sandbox.set_fault("rate-limited-date")
    assert_failed(
        command_line("snapshot", variables=account_variables), 1, "default: Mimecast answered with status 429"
    )
    sandbox.set_fault(None)
    end = datetime.now(UTC) + timedelta(hours=24)
    done = command_line("snapshot", variables=account_variables)
    assert_failed(done, 1, "default: Mimecast has asked for a wait", f"Try again after {end.day} {end:%b %Y}, ")
    rows = command_line("check", "--json", variables=account_variables).stdout.splitlines()
    (failed,) = [row for row in map(json.loads, rows) if row["state"] == "failed"]
    assert failed["title"] == "Mimecast requested a wait"
    assert sandbox.summary_requests == 1
