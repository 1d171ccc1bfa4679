"""Trying again: only what can succeed, never sooner than Mimecast asks, and not at all where that takes too long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from requests.structures import CaseInsensitiveDict

from mimecast.api.client import Client
from mimecast.api.errors import ApplicationRejected, MimecastError, RateLimited, ServiceError, Unreachable
from mimecast.api.response import (
    MAX_RETRY_AFTER_SECONDS,
    RATE_LIMIT_RESET_HEADERS,
    RETRY_AFTER_HEADER,
    retry_after_seconds,
)
from mimecast.api.retry import COMMAND_LINE_RETRIES, PAGE_RETRIES, RetryPolicy
from mimecast.sandbox.server import Sandbox
from tests.support.clock import NOW


class Sleeps(list[float]):
    """A clock that only notes how long it was slept."""

    def retry_policy(self, longest: float = 30.0) -> RetryPolicy:
        return RetryPolicy(longest, sleep=self.append, clock=lambda: NOW)


@pytest.fixture(autouse=True)
def backoff() -> None:
    """Leave the waits between attempts as they are, in place of the fixture that shortens them."""


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


def ask(sandbox: Sandbox, retry_policy: RetryPolicy) -> None:
    Client(sandbox.base_url, sandbox.keys, retry_policy=retry_policy).safe_score_summary()


def test_the_command_line_waits_30_seconds_at_most_and_a_page_5() -> None:
    assert (COMMAND_LINE_RETRIES.max_wait, PAGE_RETRIES.max_wait) == (30.0, 5.0)


@pytest.mark.parametrize("fault", ["unknown-application-once", "server-error-once", "rate-limited-once"])
def test_what_passes_is_tried_again_and_succeeds(sandbox: Sandbox, sleeps: Sleeps, fault: str) -> None:
    sandbox.set_fault(fault)
    ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 2
    assert len(sleeps) == 1


def test_each_attempt_has_an_id_of_its_own(sandbox: Sandbox, sleeps: Sleeps) -> None:
    given: list[str] = []

    def new_id() -> str:
        given.append(f"5a4db0c5-0000-4000-8000-{len(given):012}")
        return given[-1]

    sandbox.set_fault("server-error-once")
    client = Client(sandbox.base_url, sandbox.keys, retry_policy=sleeps.retry_policy(), new_id=new_id)
    assert client.safe_score_summary().request_id == given[1]
    assert sandbox.answered_ids == given[1:]


@pytest.mark.parametrize("fault", ["server-error", "bad-gateway", "unavailable", "gateway-timeout"])
def test_a_fault_that_stays_is_tried_four_times_with_growing_waits(
    sandbox: Sandbox, sleeps: Sleeps, fault: str
) -> None:
    sandbox.set_fault(fault)
    with pytest.raises(ServiceError):
        ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 4
    assert all(0.25 * 2**tries <= wait <= 0.5 * 2**tries for tries, wait in enumerate(sleeps))
    assert len(sleeps) == 3


def test_a_connection_that_breaks_is_tried_again(sandbox: Sandbox, sleeps: Sleeps) -> None:
    sandbox.set_fault("hang-up")
    with pytest.raises(Unreachable):
        ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 4


def test_the_application_is_tried_once_more_only(sandbox: Sandbox, sleeps: Sleeps) -> None:
    sandbox.set_fault("unknown-application")
    with pytest.raises(ApplicationRejected):
        ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 2


@pytest.mark.parametrize(
    "fault",
    [
        "invalid-signature",
        "keys-expired",
        "forbidden",
        "not-found",
        "redirect",
        "bad-request",
        "conflict",
        "empty-data",
    ],
)
def test_what_cannot_succeed_is_not_tried_again(sandbox: Sandbox, sleeps: Sleeps, fault: str) -> None:
    sandbox.set_fault(fault)
    with pytest.raises(MimecastError):
        ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 1
    assert sleeps == []


def test_no_one_waits_less_than_mimecast_asks(sandbox: Sandbox, sleeps: Sleeps) -> None:
    sandbox.set_fault("rate-limited")
    with pytest.raises(RateLimited):
        ask(sandbox, sleeps.retry_policy())
    assert all(wait >= 1.0 for wait in sleeps)
    assert sandbox.summary_requests == 4


@pytest.mark.parametrize("fault", ["rate-limited-long", "rate-limited-seconds"])
def test_a_wait_that_is_too_long_is_not_begun_and_its_end_is_said(sandbox: Sandbox, sleeps: Sleeps, fault: str) -> None:
    sandbox.set_fault(fault)
    with pytest.raises(RateLimited) as caught:
        ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 1
    assert sleeps == []
    assert caught.value.not_before == NOW + timedelta(seconds=120)
    assert caught.value.remedy.startswith("Try again after 12:52:11 UTC. ")
    assert RateLimited.remedy in caught.value.remedy


@pytest.mark.parametrize(("longest", "waits"), [(30.0, [6.0] * 3), (5.0, [])])
def test_a_page_does_not_wait_for_what_the_command_line_waits_for(
    sandbox: Sandbox, sleeps: Sleeps, longest: float, waits: list[float]
) -> None:
    sandbox.set_fault("rate-limited-6s")
    with pytest.raises(RateLimited) as caught:
        ask(sandbox, sleeps.retry_policy(longest))
    assert sleeps == waits
    assert caught.value.not_before == NOW + timedelta(seconds=6), "the wait also holds for the next request"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "1500"}, 1.5),
        ({"X-Rate-Limit-Reset": "1500"}, 1.5),
        ({"X-Mimecast-RateLimit-Reset": "1500"}, 1.5),
        ({"Retry-After": "3"}, 3.0),
        ({"X-RateLimit-Reset": "1500", "Retry-After": "1"}, 1.5),
        ({"X-RateLimit-Reset": "99999999999"}, MAX_RETRY_AFTER_SECONDS),
        ({"X-RateLimit-Reset": "-5"}, None),
        ({"X-RateLimit-Reset": "soon"}, None),
        ({"X-RateLimit-Reset": "1500, 1500"}, 1.5),
        ({"X-RateLimit-Reset": "1500,2500"}, 2.5),
        ({"Retry-After": "120, 120"}, 120.0),
        ({"Retry-After": "Tue, 24 Nov 2026 21:50:11 GMT"}, 9 * 3600.0),
        ({"Retry-After": "Tue, 24 Nov 2026 21:50:11 GMT, Tue, 24 Nov 2026 21:50:11 GMT"}, 9 * 3600.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:50:11 GMT"}, None),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "Thu, 24 Dec 2026 12:00:00 GMT"}, MAX_RETRY_AFTER_SECONDS),
        ({"Retry-After": "Tue, 31 Nov 2026 12:50:11 GMT"}, None),
        (
            {"Retry-After": "Sun, 24 Jan 2027 12:01:00 GMT", "Date": "Sun, 24 Jan 2027 12:00:00 GMT"},
            60.0,
        ),
        ({}, None),
    ],
)
def test_every_spelling_is_understood_and_the_longest_wait_counts(
    headers: dict[str, str], seconds: float | None
) -> None:
    names = (*RATE_LIMIT_RESET_HEADERS, RETRY_AFTER_HEADER)
    assert retry_after_seconds(CaseInsensitiveDict(headers), names, NOW) == seconds


@pytest.mark.parametrize(
    ("fault", "until"),
    [("rate-limited-date", "25 Nov 2026, 12:50 UTC"), ("rate-limited-twice", "12:52:11 UTC")],
)
def test_a_date_and_a_header_that_was_sent_twice_are_respected_over_http(
    sandbox: Sandbox, sleeps: Sleeps, fault: str, until: str
) -> None:
    sandbox.set_fault(fault)
    with pytest.raises(RateLimited) as caught:
        ask(sandbox, sleeps.retry_policy())
    assert sandbox.summary_requests == 1
    assert sleeps == []
    assert caught.value.remedy.startswith(f"Try again after {until}. ")


def test_the_end_of_a_wait_is_said_with_its_date_when_it_is_not_today() -> None:
    problem = RateLimited("Mimecast answered with status 429.")
    problem.postpone(NOW + timedelta(hours=24), NOW)
    assert problem.remedy.startswith("Try again after 25 Nov 2026, 12:50 UTC. ")


def test_the_end_of_the_window_is_no_wait_for_a_fault(sandbox: Sandbox, sleeps: Sleeps) -> None:
    sandbox.set_fault("server-error")
    with pytest.raises(ServiceError) as caught:
        ask(sandbox, sleeps.retry_policy(0.1))
    assert caught.value.retry_after is None
    assert caught.value.not_before is None
