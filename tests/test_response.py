"""Any answer of Mimecast or a proxy gives score counts, or an error that says what was received."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from requests.structures import CaseInsensitiveDict

from mimecast.api.errors import (
    ApplicationRejected,
    CredentialsRejected,
    KeysExpired,
    MimecastError,
    PermissionMissing,
    ProductMissing,
    RateLimited,
    Redirected,
    RequestRejected,
    ResponseUnreadable,
    ServiceError,
    WrongAddress,
)
from mimecast.api.response import Summary, parse_summary
from mimecast.api.transport import Response
from mimecast.domain.scores import MAX_USERS, ScoreCounts
from tests.support.facts import load_facts

RECORDED = load_facts("recorded_answers")


def read_body(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Summary:
    return parse_summary(Response(status, CaseInsensitiveDict(headers or {}), body))


def read(counts: Any, *, status: int = 200, **more: Any) -> Summary:
    answer = {"meta": {"status": 200}, "data": [{"scoreCounts": counts}], "fail": []} | more
    return read_body(json.dumps(answer).encode(), status=status)


def test_the_documented_example_is_read() -> None:
    body = json.dumps(RECORDED["documented_example"]["body"]).encode()
    assert read_body(body) == Summary(ScoreCounts(a=5, b=4, c=3, d=2, f=1))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("wrong_application_id", ApplicationRejected),
        ("wrong_signature", CredentialsRejected),
        ("meta_status_differs", PermissionMissing),
        ("forbidden_in_a_200", PermissionMissing),
        ("flat_product_missing", ProductMissing),
    ],
    ids=lambda value: value if isinstance(value, str) else "is",
)
def test_every_recorded_refusal_is_understood(name: str, kind: type[MimecastError]) -> None:
    answer = RECORDED[name]
    with pytest.raises(kind) as caught:
        read_body(json.dumps(answer["body"]).encode(), status=answer["status"], headers={"X-Request-Id": "the-id"})
    assert type(caught.value) is kind
    assert caught.value.request_id == "the-id"
    assert caught.value.status == answer["status"]
    for message in ("INVALID", "Invalid Signature", "Forbidden To Perform", "Resource or method", "x@example.com"):
        assert message not in everything_in(caught.value)


def everything_in(error: BaseException | None) -> str:
    """Return everything in an error, and the texts of the exceptions that it came from."""
    if error is None:
        return ""
    carried = vars(error) if isinstance(error, MimecastError) else ""
    return f"{error} {error!r} {carried}{everything_in(error.__cause__)}{everything_in(error.__context__)}"


def test_every_recorded_answer_is_held_against_the_code() -> None:
    assert len(RECORDED) == 6


def test_nothing_that_mimecast_words_freely_is_repeated() -> None:
    error = {"code": "a code with recognisable words", "message": "recognisable", "field": "recognisable"}
    with pytest.raises(RequestRejected) as caught:
        read({"a": 1}, fail=[{"errors": [error], "key": {"emailAddress": "recognisable"}}])
    assert caught.value.code is None
    assert "recognisable" not in everything_in(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"recognisable",
        b"<html>recognisable</html>",
        b'{"data": "recognisable"}',
        b'{"data": ["recognisable"]}',
        b'{"data": [{"scoreCounts": "recognisable"}]}',
        b'{"data": [{"scoreCounts": {"a": "recognisable"}}]}',
        b'{"data": [{"scoreCounts": {"recognisable": 1}}]}',
        b'{"data": [{"scoreCounts": {"recognisable": 1, "recognisable": 2}}]}',
        b'{"meta": {"status": "recognisable"}, "data": [{"scoreCounts": {"a": 1}}]}',
        b'{"fail": "recognisable", "data": [{"scoreCounts": {"a": 1}}]}',
        b'{"data": [{"scoreCounts": {"a": 1}}], "cut": "recognisable',
    ],
)
@pytest.mark.parametrize("status", [200, 401, 500])
def test_no_part_of_the_answer_is_in_an_error(body: bytes, status: int) -> None:
    with pytest.raises(MimecastError) as caught:
        read_body(body, status=status)
    assert "recognisable" not in everything_in(caught.value)


def test_the_name_of_an_unknown_field_is_not_repeated_in_its_warning() -> None:
    assert "recognisable" not in "".join(read({"a": 1, "recognisable": "recognisable"}).warnings)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Redirected),
        (400, RequestRejected),
        (401, CredentialsRejected),
        (403, PermissionMissing),
        (404, WrongAddress),
        (405, WrongAddress),
        (409, RequestRejected),
        (418, KeysExpired),
        (429, RateLimited),
        (500, ServiceError),
        (503, ServiceError),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b'{"fail": "odd"}', b"[]"])
def test_a_status_alone_is_enough(status: int, kind: type[MimecastError], body: bytes) -> None:
    with pytest.raises(kind) as caught:
        read_body(body, status=status)
    assert type(caught.value) is kind
    assert str(status) in str(caught.value)


def test_status_fail_meta_and_data_are_looked_at_in_this_order() -> None:
    fail = [{"errors": [{"code": "err_developer_key"}]}]
    with pytest.raises(ApplicationRejected):
        read({"a": 1}, fail=fail, meta={"status": 403})
    with pytest.raises(PermissionMissing):
        read({"a": 1}, meta={"status": 403})
    with pytest.raises(ServiceError):
        read_body(json.dumps({"data": [{"scoreCounts": {"a": 1}}]}).encode(), status=500)
    with pytest.raises(ServiceError):
        read({"a": 1}, fail=[{"errors": [{"code": "an_unknown_code"}]}], meta={"status": 403}, status=500)
    with pytest.raises(ApplicationRejected):
        read({"a": 1}, fail=fail, data="odd")
    with pytest.raises(PermissionMissing):
        read({"a": 1}, meta={"status": 403}, data="odd")
    with pytest.raises(RequestRejected):
        read({"a": 1}, fail=[{"errors": [{"code": "an_unknown_code"}]}])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"F": 1, "a": 2}, Summary(ScoreCounts(a=2, f=1), missing_grades=("B", "C", "D"))),
        ({"a": 5.0, "b": 0, "c": 0, "d": 0, "f": 0}, Summary(ScoreCounts(a=5))),
        ({"a": 0, "b": 0, "c": 0, "d": 0, "f": 0}, Summary(ScoreCounts())),
        ({"b": MAX_USERS}, Summary(ScoreCounts(b=MAX_USERS), missing_grades=("A", "C", "D", "F"))),
    ],
    ids=["any order and case, the missing count nothing", "5.0 is 5", "no one graded yet", "very many"],
)
def test_score_counts_are_read(counts: dict[str, Any], expected: Summary) -> None:
    assert read(counts) == expected


def test_an_unknown_grade_keeps_its_users_and_is_named() -> None:
    summary = read({"a": 10, "e": 3, "X": 2})
    assert summary.counts == ScoreCounts(a=10, other=5)
    assert summary.counts.users_graded == 15
    assert summary.other_letters == ("E", "X")
    assert summary.warnings == ("Mimecast's answer has the unknown grades E and X: 5 users, shown as “other”.",)


def test_a_new_field_does_not_cost_a_day() -> None:
    summary = read({"a": 1, "total": "many", "updated": None, "": 1, "1": 7})
    assert summary.counts == ScoreCounts(a=1)
    assert summary.warnings == ("4 unknown fields in scoreCounts of Mimecast's answer had to be ignored.",)
    assert read_body(b'{"data": [{"scoreCounts": {"a": 1}, "when": 2}], "news": []}').warnings == ()


@pytest.mark.parametrize(
    "count", ["5", True, False, None, -1, 1.5, float("nan"), float("inf"), 1e300, MAX_USERS + 1, 10**30, [], {}]
)
def test_a_count_that_is_none_is_refused_and_not_repeated(count: Any) -> None:
    with pytest.raises(ResponseUnreadable) as caught:
        read({"a": 1, "d": count})
    assert caught.value.message.startswith("The count of grade D in Mimecast's answer is ")
    assert str(count) not in caught.value.message
    assert caught.value.can_retry is False


def test_a_count_without_end_is_refused() -> None:
    with pytest.raises(ResponseUnreadable):
        read_body(b'{"data": [{"scoreCounts": {"a": ' + b"9" * 5000 + b"}}]}")
    with pytest.raises(ResponseUnreadable, match="The count of grade A"):
        read_body(b'{"data": [{"scoreCounts": {"a": 1e999}}]}')


def test_an_unknown_grade_is_held_to_the_same_rules() -> None:
    with pytest.raises(ResponseUnreadable, match="The count of grade E"):
        read({"a": 1, "e": "many"})


def test_an_unknown_grade_with_no_one_in_it_is_no_other_letter() -> None:
    summary = read({"a": 1, "e": 0})
    assert summary.counts == ScoreCounts(a=1)
    assert summary.other_letters == ()


def test_no_one_graded_yet_has_no_shares() -> None:
    counts = read({"a": 0, "f": 0}).counts
    assert counts.users_graded == 0
    assert counts.share(counts.at_risk) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [{"scoreCounts": {"a": 1, "A": 2}}]}',
        b'{"data": [{"scoreCounts": {"a": 1, "a": 2}}]}',
        b'{"data": [{"scoreCounts": {"a": 1, "e": 2, "E": 2}}]}',
    ],
    ids=["both cases", "twice", "unknown grade in both cases"],
)
def test_the_same_grade_twice_is_refused(body: bytes) -> None:
    with pytest.raises(ResponseUnreadable, match="appears more than once"):
        read_body(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty instead of JSON"),
        (b"<html>sign in</html>", "is an HTML page instead of JSON"),
        (b'{"data": [{"scoreC', "is cut off or damaged instead of JSON"),
        (b"it works", "is text instead of JSON"),
        (b"\xff\xfe\x00", "instead of JSON"),
        (b"[" * 100_000, "instead of JSON"),
        (b'{"data": [{"scoreCounts": {"a": ' + b'{"a": ' * 100_000, "instead of JSON"),
        (b" \r\n\t ", "is empty instead of JSON"),
        (b"[1]", "is a list; an object is expected"),
        (b"null", "is missing; an object is expected"),
        (b'"text"', "is text; an object is expected"),
        (b"{}", "data in Mimecast's answer is missing"),
        (b'{"data": {}}', "is an object; a list is expected"),
        (b'{"data": []}', "is an empty list"),
        (b'{"data": [5]}', "data holds a number"),
        (b'{"data": [{}]}', "scoreCounts in Mimecast's answer is missing"),
        (b'{"data": [{"scoreCounts": [1]}]}', "scoreCounts in Mimecast's answer is a list"),
        (b'{"data": [{"scoreCounts": {}}]}', "none of the grades"),
        (b'{"data": [{"scoreCounts": {"e": 4}}]}', "none of the grades"),
        (b'{"meta": {"status": "fine"}, "data": [{"scoreCounts": {"a": 1}}]}', "meta.status"),
    ],
    ids=[
        "empty body",
        "HTML",
        "cut off",
        "words",
        "no text",
        "deep list",
        "deep object",
        "blanks",
        "list",
        "null",
        "text",
        "nothing in it",
        "data is an object",
        "empty data",
        "data holds a number",
        "no scoreCounts",
        "scoreCounts is a list",
        "no grade",
        "unknown grade only",
        "meta.status is text",
    ],
)
def test_an_answer_without_score_counts_says_what_was_found(body: bytes, message: str) -> None:
    with pytest.raises(ResponseUnreadable) as caught:
        read_body(body)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "pairs",
    [
        b",".join(b'"k%d":1' % (number // 2) for number in range(100_000)),
        b",".join(b'"a":1' for _ in range(150_000)),
    ],
    ids=["many keys twice", "one key many times"],
)
def test_repeated_keys_cost_no_more_than_their_number(pairs: bytes) -> None:
    """A megabyte, the most that is read. Time that grows with the square of it would be minutes."""
    body = b'{"data": [{"scoreCounts": {' + pairs + b"}}]}"
    with pytest.raises(ResponseUnreadable):
        read_body(body)


def test_more_than_one_entry_is_warned_of() -> None:
    assert "only the first was read" in read_body(b'{"data": [{"scoreCounts": {"a": 1}}, {}]}').warnings[0]


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
COUNTS = some.dictionaries(some.sampled_from("abcdefABCDFEé1") | some.text(max_size=3), JSON, max_size=7)
STATUSES = some.sampled_from([200, 200, 200, 301, 400, 401, 404, 418, 429, 500, 999])


def gives_counts_or_one_of_our_errors(body: bytes, status: int) -> None:
    """Any other exception fails the test."""
    outcome: Summary | MimecastError
    try:
        outcome = read_body(body, status=status)
    except MimecastError as error:
        outcome = error
    if isinstance(outcome, Summary):
        assert status == 200
        assert outcome.counts.users_graded >= 0
    else:
        assert outcome.title
        assert outcome.remedy
        assert outcome.message.endswith(".")


@given(some.binary(max_size=200), STATUSES)
def test_no_bytes_give_anything_else(body: bytes, status: int) -> None:
    gives_counts_or_one_of_our_errors(body, status)


@given(JSON, STATUSES)
def test_no_json_gives_anything_else(value: Any, status: int) -> None:
    gives_counts_or_one_of_our_errors(json.dumps(value).encode(), status)


@given(JSON, JSON, COUNTS, STATUSES)
def test_no_envelope_gives_anything_else(meta: Any, fail: Any, counts: Any, status: int) -> None:
    answer = {"meta": meta, "fail": fail, "data": [{"scoreCounts": counts}]}
    gives_counts_or_one_of_our_errors(json.dumps(answer).encode(), status)


@given(some.dictionaries(some.sampled_from("ABCDFEXY"), some.integers(0, MAX_USERS), min_size=1))
def test_no_user_is_dropped(counts: dict[str, int]) -> None:
    if not set(counts) & set("ABCDF"):
        counts["A"] = 0
    assert read(counts).counts.users_graded == sum(counts.values())


@given(some.permutations("ABCDF"), some.lists(some.integers(0, MAX_USERS), min_size=5, max_size=5), some.booleans())
def test_order_case_and_a_decimal_point_change_nothing(
    characters: list[str], users: list[int], other_form: bool
) -> None:
    counts = dict(zip(characters, users, strict=True))
    sent = {letter.lower(): float(count) for letter, count in counts.items()} if other_form else counts
    assert read(sent) == Summary(ScoreCounts.from_mapping(counts))
