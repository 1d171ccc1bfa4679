"""The list of users over real HTTP: pages of both generations of the API, and every way in which a list can be odd."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast.api.client import Client
from mimecast.api.errors import MimecastError, PermissionMissing, ResponseUnreadable, ServiceError
from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.api.retry import RetryPolicy
from mimecast.api.safe_score_details import SafeScoreDetails
from mimecast.api.tokens import TokenCache
from mimecast.domain.people.users import odd_rows_warning, pseudonym_of, tally_users
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.demo_people import DemoPeople
from mimecast.sandbox.server import Sandbox
from tests.support.clock import TODAY

COUNTS = ScoreCounts(a=600, b=400, c=200, d=60, f=40)
PAGES = 3
RETRIES = RetryPolicy(5.0, sleep=lambda seconds: None)


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(lambda: COUNTS) as sandbox:
        yield sandbox


@pytest.fixture(params=["API 1.0", "API 2.0"])
def client(request: pytest.FixtureRequest, server: Sandbox) -> Client:
    keys: Api1Keys | Api2Keys = server.keys if request.param == "API 1.0" else server.api2.keys
    return Client(server.base_url, keys, retry_policy=RETRIES, tokens=TokenCache())


def listed(client: Client) -> tuple[int, ScoreCounts, SafeScoreDetails]:
    details = SafeScoreDetails(client)
    tally = tally_users(details, lambda address: pseudonym_of(b"k" * 32, address))
    details.odd["listed twice"] = tally.listed_twice
    return tally.listed, next(iter(tally.departments().values())), details


def test_all_pages_are_read(server: Sandbox, client: Client) -> None:
    users, counts, details = listed(client)
    assert (users, counts) == (1300, COUNTS)
    assert server.details_requests == PAGES
    assert details.is_from_sandbox
    assert odd_rows_warning(details.odd) == ""


@pytest.mark.parametrize(
    "fault", ["details-one-page", "details-no-meta", "details-empty-next", "details-page-fails-once",
              "details-rate-limited-once", "details-token-expires", "server-error-once"],
)  # fmt: skip
def test_the_list_is_complete_in_spite_of(server: Sandbox, client: Client, fault: str) -> None:
    server.set_fault(fault)
    assert listed(client)[:2] == (1300, COUNTS)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("details-same-next", ResponseUnreadable),
        ("details-no-list", ResponseUnreadable),
        ("details-forbidden", PermissionMissing),
        ("details-page-fails", ServiceError),
    ],
)
def test_an_error_ends_the_list(server: Sandbox, client: Client, fault: str, error: type[MimecastError]) -> None:
    server.set_fault(fault)
    with pytest.raises(error):
        listed(client)
    assert server.details_requests < 10


def test_odd_rows_are_counted_in_one_sentence_without_a_value_of_theirs(server: Sandbox, client: Client) -> None:
    server.set_fault("details-odd-rows")
    users, counts, details = listed(client)
    warning = odd_rows_warning(details.odd)
    assert users == 1299
    assert counts.other == 1
    assert "1 row that cannot be read" in warning
    assert "1 row without an address" in warning
    assert "1 row with unknown fields" in warning
    assert "1 row listed twice" in warning
    assert "@" not in warning
    assert "employee" not in warning.lower()


def test_the_demo_companys_users_add_up_to_its_counts_and_its_departments_have_a_story() -> None:
    company = DemoCompany(TODAY)
    shares = {}
    people = DemoPeople(company)
    for day, users in people.history({0, 260, 300, 730}):
        tally = tally_users(users, str.encode)
        assert tally.graded == company.counts_on(day).users_graded
        shares[(day - company.first_day).days] = tally.departments()
    finance = [shares[day]["Finance"].at_risk_share or 0.0 for day in (260, 300)]
    assert finance[0] > finance[1]
    assert (shares[730]["Sales"].at_risk_share or 0) > 20
    assert shares[730]["Executive Office"].users_graded < 10
