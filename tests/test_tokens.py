"""API 2.0: a token is fetched once, shared, renewed before it ends, and replaced once when Mimecast refuses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mimecast.api.client import Client
from mimecast.api.errors import (
    ClientRejected,
    MimecastError,
    ProductMissing,
    ResponseUnreadable,
    ServiceError,
    TokenRejected,
)
from mimecast.api.keys import Api2Keys
from mimecast.api.tokens import REFRESH_MARGIN_SECONDS, TokenCache
from mimecast.sandbox.api2 import TOKEN_LIFETIME_SECONDS, TOY_CLIENT, Api2
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from tests.support.clock import TODAY

TOKEN = "recognisable-token"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api2(clock: Clock) -> Api2:
    numbers = iter(range(1000))
    return Api2(TOY_CLIENT, make_token=lambda: f"{TOKEN}-{next(numbers)}", clock=clock)


@pytest.fixture
def sandbox(company: DemoCompany, api2: Api2) -> Iterator[Sandbox]:
    with Sandbox(lambda: company.counts_on(TODAY), api2=api2) as server:
        yield server


@pytest.fixture
def tokens(clock: Clock) -> TokenCache:
    return TokenCache(clock=clock)


@pytest.fixture
def client(sandbox: Sandbox, tokens: TokenCache) -> Client:
    return Client(sandbox.base_url, TOY_CLIENT, tokens=tokens)


def test_the_counts_of_today_come_back_with_the_id_that_mimecast_gave(
    client: Client, sandbox: Sandbox, company: DemoCompany
) -> None:
    response = client.safe_score_summary()
    assert response.summary.counts == company.counts_on(TODAY)
    assert sandbox.answered_ids == [response.request_id]
    assert response.server_time is not None


def test_one_token_serves_many_requests_and_every_client_of_the_process(
    client: Client, sandbox: Sandbox, tokens: TokenCache, api2: Api2
) -> None:
    for asking in (client, client, Client(sandbox.base_url, replace(TOY_CLIENT), tokens=tokens)):
        asking.safe_score_summary()
    assert (sandbox.summary_requests, api2.tokens_issued) == (3, 1)


def test_ten_threads_at_the_same_instant_fetch_one_token(client: Client, sandbox: Sandbox, api2: Api2) -> None:
    ready = threading.Barrier(10)

    def ask() -> str:
        ready.wait()
        return client.safe_score_summary().request_id

    with ThreadPoolExecutor(10) as pool:
        ids = {future.result() for future in [pool.submit(ask) for _ in range(10)]}
    assert ids == set(sandbox.answered_ids)
    assert (len(ids), api2.tokens_issued) == (10, 1)


def test_a_token_is_renewed_a_margin_before_it_ends(client: Client, clock: Clock, api2: Api2) -> None:
    client.safe_score_summary()
    clock.now = TOKEN_LIFETIME_SECONDS - REFRESH_MARGIN_SECONDS - 1
    client.safe_score_summary()
    assert api2.tokens_issued == 1
    clock.now = TOKEN_LIFETIME_SECONDS - REFRESH_MARGIN_SECONDS
    client.safe_score_summary()
    assert api2.tokens_issued == 2


def test_a_token_that_lives_shorter_than_the_margin_is_used_all_the_same(
    company: DemoCompany, clock: Clock, tokens: TokenCache
) -> None:
    short = Api2(TOY_CLIENT, lifetime=10, clock=clock)
    with Sandbox(lambda: company.counts_on(TODAY), api2=short) as sandbox:
        client = Client(sandbox.base_url, TOY_CLIENT, tokens=tokens)
        client.safe_score_summary()
        client.safe_score_summary()
        assert short.tokens_issued == 1
        clock.now = 5
        client.safe_score_summary()
        assert short.tokens_issued == 2


def test_a_token_that_ended_early_is_replaced_once(client: Client, sandbox: Sandbox, api2: Api2) -> None:
    client.safe_score_summary()
    api2.expire_tokens()
    client.safe_score_summary()
    assert (sandbox.summary_requests, api2.tokens_issued) == (3, 2)


def refused(client: Client) -> MimecastError:
    with pytest.raises(MimecastError) as caught:
        client.safe_score_summary()
    error: BaseException | None = caught.value
    while error is not None:
        shown = f"{error} {error!r} {vars(error)}"
        assert TOKEN not in shown
        assert TOY_CLIENT.client_secret not in shown
        error = error.__cause__ or error.__context__
    return caught.value


def test_a_new_token_that_is_refused_as_well_is_the_end(client: Client, sandbox: Sandbox, api2: Api2) -> None:
    sandbox.set_fault("token-refused")
    error = refused(client)
    assert type(error) is TokenRejected
    assert error.code == "token_verification_failed"
    assert (sandbox.summary_requests, api2.tokens_issued) == (2, 2)
    sandbox.set_fault(None)
    client.safe_score_summary()
    assert api2.tokens_issued == 3


def test_a_401_with_a_wrong_clock_is_still_the_token(client: Client, sandbox: Sandbox) -> None:
    sandbox.set_fault("clock-skew")
    assert type(refused(client)) is TokenRejected
    assert sandbox.summary_requests == 2


@pytest.mark.parametrize("keys", [replace(TOY_CLIENT, client_secret="x"), replace(TOY_CLIENT, client_id="x")])
def test_a_wrong_client_gets_no_token(sandbox: Sandbox, tokens: TokenCache, keys: Api2Keys) -> None:
    error = refused(Client(sandbox.base_url, keys, tokens=tokens))
    assert type(error) is ClientRejected
    assert (error.status, error.code) == (401, "invalid_client")
    assert sandbox.summary_requests == 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("token-malformed", ResponseUnreadable),
        ("token-service-down", ServiceError),
        ("client-refused", ClientRejected),
        ("product-missing", ProductMissing),
    ],
)
def test_failures_are_distinguished(client: Client, sandbox: Sandbox, fault: str, kind: type[MimecastError]) -> None:
    sandbox.set_fault(fault)
    assert type(refused(client)) is kind


def test_no_token_is_shown(tokens: TokenCache, client: Client) -> None:
    client.safe_score_summary()
    assert TOKEN not in repr(tokens)
    assert TOKEN not in "".join(repr(held) for held in vars(tokens).values())
