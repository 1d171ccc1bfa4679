"""The sandbox is as strict as Mimecast, or stricter."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from mimecast.api.auth import authorization_header, format_mc_date, new_request_id, utc_now
from mimecast.api.client import SAFE_SCORE_SUMMARY
from mimecast.api.keys import Api1Keys
from mimecast.api.response import is_from_sandbox
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.api1 import ASSUMED_MAX_SKEW, TOY_KEYS, Api1
from mimecast.sandbox.server import MAX_BODY_BYTES, RATE_LIMIT, UNKNOWN_KEY_RATE_LIMIT, PortInUse, Sandbox
from tests.support.clock import NOW
from tests.support.facts import load_facts
from tests.support.sandbox import UnmarkedSandbox

COUNTS = ScoreCounts(a=5, b=4, c=3, d=2, f=1, other=9)
GOOD_BODY = b'{"data": []}'
ASSUMED = "(assumed answer)"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.body["fail"][0]["errors"][0]
        return error


@pytest.fixture(scope="module")
def strict() -> Iterator[Sandbox]:
    """A sandbox whose clock is fixed at `NOW`."""
    with Sandbox(lambda: COUNTS, api1=Api1(clock=lambda: NOW)) as server:
        yield server


def signed(
    keys: Api1Keys = TOY_KEYS, *, date: str = format_mc_date(NOW), path: str = SAFE_SCORE_SUMMARY, request_id: str = ""
) -> dict[str, str]:
    """Return the headers of a valid request, with the given changes."""
    request_id = request_id or new_request_id()
    return {
        "Authorization": authorization_header(keys, date=date, request_id=request_id, path=path),
        "x-mc-app-id": keys.app_id,
        "x-mc-date": date,
        "x-mc-req-id": request_id,
        "Content-Type": "application/json",
    }


def send(
    sandbox: Sandbox,
    headers: dict[str, str],
    *,
    method: str = "POST",
    path: str = SAFE_SCORE_SUMMARY,
    body: bytes = GOOD_BODY,
) -> Answer:
    connection = http.client.HTTPConnection(sandbox.base_url.removeprefix("http://"), timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), json.loads(response.read()))
    finally:
        connection.close()


def without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def test_a_request_that_is_right_gets_the_counts(strict: Sandbox) -> None:
    headers = signed()
    answer = send(strict, headers)
    assert answer.status == 200
    counts = {"a": 5, "b": 4, "c": 3, "d": 2, "f": 1}
    assert answer.body == {"fail": [], "meta": {"status": 200}, "data": [{"scoreCounts": counts}]}
    assert strict.answered_ids[-1] == headers["x-mc-req-id"]


def test_every_answer_has_the_shape_of_the_documented_example(strict: Sandbox) -> None:
    assert send(strict, signed()).body == load_facts("recorded_answers")["documented_example"]["body"]


@pytest.mark.parametrize("name", ["Authorization", "x-mc-app-id", "x-mc-date", "x-mc-req-id"])
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_a_header_that_is_missing_is_named(strict: Sandbox, name: str, value: str | None) -> None:
    headers = signed() | {name: value} if value is not None else without(signed(), name)
    answer = send(strict, {key: text for key, text in headers.items() if text is not None})
    assert answer.status == answer.body["meta"]["status"] == 400
    assert name.lower() in answer.error["message"]
    assert answer.error["message"].endswith(ASSUMED)


def test_a_wrong_application_id_is_answered_as_recorded(strict: Sandbox) -> None:
    recorded = load_facts("recorded_answers")["wrong_application_id"]
    answer = send(strict, signed(replace(TOY_KEYS, app_id="other")))
    assert (answer.status, answer.body) == (recorded["status"], recorded["body"])


@pytest.mark.parametrize(
    "change",
    [{"access_key": "other"}, {"secret_key": "b3RoZXI="}, {"app_key": "other"}],
    ids=lambda keys: next(iter(keys)),
)
def test_any_other_wrong_key_is_answered_as_recorded(strict: Sandbox, change: dict[str, str]) -> None:
    recorded = load_facts("recorded_answers")["wrong_signature"]
    answer = send(strict, signed(replace(TOY_KEYS, **change)))
    assert (answer.status, answer.body) == (recorded["status"], recorded["body"])


@pytest.mark.parametrize(
    "change",
    [
        {"Authorization": "MC sandbox-access-key:"},
        {"Authorization": "MC"},
        {"Authorization": "MC stranger:AAAA"},
        {"Authorization": "Bearer token"},
        {"Authorization": signed()["Authorization"].replace("MC ", "mc ")},
        {"x-mc-req-id": new_request_id()},
        {"x-mc-date": format_mc_date(NOW - timedelta(seconds=1))},
    ],
    ids=[
        "no signature",
        "no key",
        "a stranger",
        "another scheme",
        "lower case",
        "an id that was not signed",
        "a date that was not signed",
    ],
)
def test_what_was_not_signed_is_refused(strict: Sandbox, change: dict[str, str]) -> None:
    answer = send(strict, signed() | change)
    assert answer.status == 401
    assert answer.error == {
        "code": "err_xdk_invalid_signature",
        "message": "0004 Invalid Signature",
        "retryable": False,
    }


@pytest.mark.parametrize("path", ["/", "/api/other", f"http://127.0.0.1{SAFE_SCORE_SUMMARY}", "/api?x=1"])
def test_a_signature_for_another_path_is_refused(strict: Sandbox, path: str) -> None:
    assert send(strict, signed(path=path)).status == 401


@pytest.mark.parametrize(
    "date",
    [
        "Tue, 24 Nov 2026 12:50:11 EST",
        "Mon, 24 Nov 2026 12:50:11 UTC",
        "Di, 24 Nov 2026 12:50:11 UTC",
        "Die, 24 Nov 2026 12:50:11 UTC",
        "mar, 24 nov 2026 12:50:11 UTC",
        "Tue, 24 November 2026 12:50:11 UTC",
        "Tue, 24 Nov 2026 12:50:11",
        "Tue, 24 Nov 2026 12:50:11 +0000",
        "Tue, 24 Nov 2026 12:50:11 utc",
        "Tue, 24 Nov 26 12:50:11 UTC",
        "Tue, 31 Nov 2026 12:50:11 UTC",
        "Tue, 24 Nov 2026 24:50:11 UTC",
        "Tue,  24 Nov 2026 12:50:11 UTC",
        "2026-11-24T12:50:11Z",
        "1795524611",
        "now",
    ],
)
def test_a_date_of_another_form_is_refused_although_it_was_signed(strict: Sandbox, date: str) -> None:
    answer = send(strict, signed(date=date))
    assert answer.status == 401
    assert answer.error["message"] == f"x-mc-date is not a date, or too far from now {ASSUMED}"


EARLY = datetime(2026, 11, 4, 12, tzinfo=NOW.tzinfo)

SAMPLE_PROGRAMS = {
    "PowerShell": ("Wed, 04 Nov 2026 12:00:00 UTC", b'{"data": []}', ""),
    "Python": (
        "Wed, 04 Nov 2026 12:00:00 UTC",
        str({"data": []}).encode(),
        "the body has single quotes, so it is not JSON",
    ),
    "C#": ("Wed, 04 Nov 2026 12:00:00 GMT", b'{"data": []}', "x-mc-date ends with GMT instead of UTC"),
    "Java": ("Wed, 4 Nov 2026 12:00:00 UTC", b'{"data": []}', "the day in x-mc-date has one digit"),
}
"""The date and the body that each of Mimecast's sample programs sends, and how they depart from its documentation."""


@pytest.mark.parametrize(("date", "body", "departure"), SAMPLE_PROGRAMS.values(), ids=SAMPLE_PROGRAMS)
def test_mimecasts_own_sample_programs_are_accepted_and_what_is_odd_is_logged(
    date: str, body: bytes, departure: str
) -> None:
    lines: list[str] = []
    with Sandbox(lambda: COUNTS, api1=Api1(clock=lambda: EARLY), log=lines.append) as server:
        assert send(server, signed(date=date), body=body).status == 200
    note = f" (departs from Mimecast's documentation: {departure})" if departure else ""
    assert lines == [f"POST {SAFE_SCORE_SUMMARY} 200{note}"]


def test_the_command_always_says_that_it_is_a_sandbox(strict: Sandbox) -> None:
    for answer in (send(strict, signed()), send(strict, {}), send(strict, signed(), path="/other")):
        assert is_from_sandbox(answer.headers)
    with UnmarkedSandbox(lambda: COUNTS, api1=Api1(clock=lambda: NOW)) as server:
        assert not is_from_sandbox(send(server, signed()).headers)


@pytest.mark.parametrize("sign", [1, -1], ids=["ahead", "behind"])
@pytest.mark.parametrize(("over", "status"), [(-1, 200), (0, 200), (1, 401)], ids=["inside", "at the limit", "outside"])
def test_a_clock_may_be_wrong_up_to_the_limit(strict: Sandbox, sign: int, over: int, status: int) -> None:
    sent = NOW + sign * (ASSUMED_MAX_SKEW + timedelta(seconds=over))
    assert send(strict, signed(date=format_mc_date(sent))).status == status


@pytest.mark.parametrize(("seconds", "status"), [(30, 200), (31, 401)], ids=["inside", "outside"])
def test_the_limit_can_be_chosen(seconds: int, status: int) -> None:
    with Sandbox(lambda: COUNTS, api1=Api1(clock=lambda: NOW, max_skew=timedelta(seconds=30))) as server:
        assert send(server, signed(date=format_mc_date(NOW + timedelta(seconds=seconds)))).status == status


def test_without_a_clock_of_its_own_it_uses_the_real_time(sandbox: Sandbox) -> None:
    assert send(sandbox, signed(date=format_mc_date(utc_now()))).status == 200
    assert send(sandbox, signed(date=format_mc_date(utc_now() - timedelta(days=1)))).status == 401


@pytest.mark.parametrize(
    "request_id",
    [
        "1",
        "8578FCFC-A305-4D9A-99CB",
        "8578FCFCA3054D9A99CBF4D5ECEFE297",
        "{8578FCFC-A305-4D9A-99CB-F4D5ECEFE297}",
        "urn:uuid:8578fcfc-a305-4d9a-99cb-f4d5ecefe297",
        "8578FCFC-A305-4D9A-99CB-F4D5ECEFE29G",
    ],
)
def test_an_id_that_is_no_guid_is_refused_although_it_was_signed(strict: Sandbox, request_id: str) -> None:
    answer = send(strict, signed(request_id=request_id))
    assert answer.status == 400
    assert answer.error["message"] == f"x-mc-req-id is not a GUID {ASSUMED}"


def test_a_guid_may_be_in_capitals_as_in_the_documentation(strict: Sandbox) -> None:
    assert send(strict, signed(request_id="8578FCFC-A305-4D9A-99CB-F4D5ECEFE297")).status == 200


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_is_refused(strict: Sandbox, kind: str | None) -> None:
    headers = without(signed(), "Content-Type")
    answer = send(strict, headers if kind is None else headers | {"Content-Type": kind})
    assert answer.status == 400
    assert answer.error["message"] == f"Content-Type is not application/json {ASSUMED}"


def test_a_content_type_may_name_its_encoding(strict: Sandbox) -> None:
    assert send(strict, signed() | {"Content-Type": "Application/JSON; charset=utf-8"}).status == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is not JSON"),
        (b"{'data': [\"a\"]}", "The body is not JSON"),
        (b"data=1", "The body is not JSON"),
        (b"\xff\xfe", "The body is not JSON"),
        (b"[" * 60_000, "The body is not JSON"),
        (b"{}", "The body has no list named data"),
        (b"[]", "The body has no list named data"),
        (b"null", "The body has no list named data"),
        (b'{"data": {}}', "The body has no list named data"),
        (b'{"Data": []}', "The body has no list named data"),
    ],
    ids=["empty", "python", "form", "not text", "too deep", "no data", "list", "null", "object", "capital"],
)
def test_a_body_of_another_form_is_refused(strict: Sandbox, body: bytes, message: str) -> None:
    answer = send(strict, signed(), body=body)
    assert answer.status == 400
    assert answer.error["message"] == f"{message} {ASSUMED}"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_refused(strict: Sandbox, method: str) -> None:
    assert send(strict, signed(), method=method).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"{SAFE_SCORE_SUMMARY}/",
        f"{SAFE_SCORE_SUMMARY}?x=1",
        SAFE_SCORE_SUMMARY.upper(),
        "/api/account/get-account",
    ],
)
def test_another_path_is_not_there(strict: Sandbox, path: str) -> None:
    assert send(strict, signed(path=path), path=path).status == 404


@pytest.mark.parametrize(
    ("size", "status"), [(MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)], ids=["largest", "too large"]
)
def test_a_body_that_is_too_large_is_refused(strict: Sandbox, size: int, status: int) -> None:
    assert send(strict, signed(), body=GOOD_BODY.ljust(size)).status == status


@pytest.mark.parametrize("length", ["-1", "many", "1e3"])
def test_a_length_that_is_no_number_is_refused(strict: Sandbox, length: str) -> None:
    assert send(strict, signed() | {"Content-Length": length}).status == 413


def test_what_was_refused_is_not_counted_as_answered(strict: Sandbox) -> None:
    before = list(strict.answered_ids)
    send(strict, signed(replace(TOY_KEYS, app_id="other")))
    send(strict, signed(replace(TOY_KEYS, app_key="other")))
    send(strict, signed(), body=b"")
    send(strict, signed(), method="GET")
    assert strict.answered_ids == before


@pytest.mark.parametrize(
    ("keys", "limit"),
    [(TOY_KEYS, RATE_LIMIT), (replace(TOY_KEYS, access_key="stranger"), UNKNOWN_KEY_RATE_LIMIT)],
    ids=["known access key", "unknown access key"],
)
def test_every_answer_says_how_many_requests_are_left(keys: Api1Keys, limit: int) -> None:
    with Sandbox(lambda: COUNTS, api1=Api1(clock=lambda: NOW)) as server:
        headers = send(server, signed(keys)).headers
    assert headers["X-RateLimit-Limit"] == str(limit)
    assert headers["X-RateLimit-Remaining"] == str(limit - 1)
    assert 0 < int(headers["X-RateLimit-Reset"]) <= 5000


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", SAFE_SCORE_SUMMARY, b""), ("POST", "/other", GOOD_BODY), ("POST", SAFE_SCORE_SUMMARY, b"?")],
    ids=["method", "path", "body"],
)
def test_a_refusal_tells_the_time_and_the_limit_too(strict: Sandbox, method: str, path: str, body: bytes) -> None:
    headers = send(strict, signed(), method=method, path=path, body=body).headers
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(headers)
    assert parsedate_to_datetime(headers["Date"]).tzinfo is not None
    assert headers["Content-Type"] == "application/json"


def test_requests_of_all_kinds_share_one_allowance() -> None:
    with Sandbox(lambda: COUNTS, api1=Api1(clock=lambda: NOW)) as server:
        left = [
            int(send(server, signed(), path=path).headers["X-RateLimit-Remaining"])
            for path in (SAFE_SCORE_SUMMARY, "/other")
        ]
    assert left == [RATE_LIMIT - 1, RATE_LIMIT - 2]


def test_the_log_names_the_request_and_nothing_secret() -> None:
    lines: list[str] = []
    with Sandbox(lambda: COUNTS, api1=Api1(clock=lambda: NOW), log=lines.append) as server:
        send(server, signed())
        send(server, signed(), path="/other?token=recognisable")
    assert lines == [f"POST {SAFE_SCORE_SUMMARY} 200", "POST /other 404"]


def test_it_listens_on_this_computer_only_and_says_when_the_port_is_taken(strict: Sandbox) -> None:
    host, _, port = strict.base_url.removeprefix("http://").partition(":")
    assert host == "127.0.0.1"
    with pytest.raises(PortInUse, match=f"Port {port} on 127.0.0.1 cannot be used"):
        Sandbox(lambda: COUNTS, port=int(port))
