"""Parser of Mimecast's responses. It checks the HTTP status, then `fail`, then `meta.status`, then the shape of `data`.

HTTP 200 can carry a failure, so none of the four checks may be skipped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from mimecast.api.errors import (
    ApplicationRejected,
    ClientRejected,
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
    TokenRejected,
    WrongAddress,
)
from mimecast.api.transport import Response
from mimecast.domain.scores import GRADES, MAX_USERS, OTHER, ScoreCounts
from mimecast.formatting import join_and, pluralize

ERROR_BY_CODE: Final[dict[str, type[MimecastError]]] = {
    "err_developer_key": ApplicationRejected,
    "err_xdk_invalid_signature": CredentialsRejected,
    "err_xdk_binding_expired": KeysExpired,
    "err_xdk_operation_forbidden_for_address": PermissionMissing,
    "app_forbidden": ProductMissing,
    "token_expired": TokenRejected,
    "token_verification_failed": TokenRejected,
    "unauthorized": TokenRejected,
    "Unauthorized Request": TokenRejected,
    "invalid_client": ClientRejected,
    "unauthorized_client": ClientRejected,
    "invalid_grant": ClientRejected,
}

ERROR_BY_STATUS: Final[dict[int, type[MimecastError]]] = {
    401: CredentialsRejected,
    403: PermissionMissing,
    404: WrongAddress,
    405: WrongAddress,
    418: KeysExpired,
    429: RateLimited,
}

RATE_LIMIT_RESET_HEADERS: Final = ("X-RateLimit-Reset", "X-Rate-Limit-Reset", "X-Mimecast-RateLimit-Reset")
"""Headers with the milliseconds until the rate limit's window ends, in every spelling seen. Every response has one, so
it is a time to wait only when the limit was reached."""

RETRY_AFTER_HEADER: Final = "Retry-After"
"""Header with the seconds to wait, or with the date until which to wait (RFC 9110, section 10.2.3)."""

MAX_RETRY_AFTER_SECONDS: Final = 24 * 3600.0

SANDBOX_HEADER: Final = "X-Safe-Score-Sandbox"
"""Header with which our own sandbox identifies itself. Its score counts are made up."""

HTTP_DATE: Final = r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|[+-]\d{4})"
"""A date as headers have it (RFC 9110, section 5.6.7), for example `Tue, 24 Nov 2026 12:50:11 GMT`."""

EARLIEST_SERVER_YEAR: Final = 2010
"""A `Date` before this year is not believed: SAFE Score did not exist."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The content of a response of `get-safe-score-summary`.

    Attributes:
        counts: Users per grade.
        other_letters: The undocumented grades behind `counts.other`, in alphabetical order.
        missing_grades: The documented grades that the response does not mention, best first. Their counts are 0.
        warnings: One sentence about each other thing in the response that was not expected.
    """

    counts: ScoreCounts
    other_letters: tuple[str, ...] = ()
    missing_grades: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class _JsonObject(dict[str, Any]):
    """A JSON object that remembers which of its keys were repeated."""

    repeated: frozenset[str] = frozenset()

    @classmethod
    def from_pairs(cls, pairs: list[tuple[str, Any]]) -> _JsonObject:
        """Return an object of the pairs; of a repeated key, the last value counts."""
        parsed = cls(pairs)
        if len(parsed) < len(pairs):
            occurrences = Counter(key for key, _ in pairs)
            parsed.repeated = frozenset(key for key, count in occurrences.items() if count > 1)
        return parsed


def parse_summary(response: Response, *, now: datetime | None = None) -> Summary:
    """Return the score counts in a response.

    Args:
        response: The response.
        now: The current time; by default by this computer's clock.

    Raises:
        MimecastError: The HTTP status, `fail` or `meta.status` reports a failure, or (`ResponseUnreadable`) `data`
            contains no score counts. Its `request_id` is the one that Mimecast returned, if any.
    """
    try:
        return _parse_counts(_open_envelope(response).get("data"))
    except MimecastError as error:
        _add_metadata(error, response, now)
        raise


def open_envelope(response: Response, *, now: datetime | None = None) -> Mapping[str, Any]:
    """Return the object in a response that reports success in all places.

    Args:
        response: The response.
        now: The current time; by default by this computer's clock.

    Raises:
        MimecastError: The HTTP status, `fail` or `meta.status` reports a failure, or (`ResponseUnreadable`) the body is
            not a JSON object.
    """
    try:
        return _open_envelope(response)
    except MimecastError as error:
        _add_metadata(error, response, now)
        raise


def error_for(
    response: Response, *, on_401: type[MimecastError] | None = None, now: datetime | None = None
) -> MimecastError:
    """Return the error for a response whose HTTP status is not 200.

    Args:
        response: The response.
        on_401: The class for a 401 without a code.
        now: The current time; by default by this computer's clock.
    """
    error = _error(response.status, _error_code(_parse_json_or_none(response.body)), on_401)
    _add_metadata(error, response, now)
    return error


def _add_metadata(error: MimecastError, response: Response, now: datetime | None) -> None:
    """Copy the status and what the headers say to the error."""
    error.status = response.status
    error.request_id = request_id_of(response.headers)
    error.server_time = server_date(response.headers)
    if isinstance(error, RateLimited):
        headers: tuple[str, ...] = (*RATE_LIMIT_RESET_HEADERS, RETRY_AFTER_HEADER)
    elif isinstance(error, ServiceError):
        headers = (RETRY_AFTER_HEADER,)
    else:
        return
    error.retry_after = retry_after_seconds(response.headers, headers, now or datetime.now(UTC))


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """Return the request id that Mimecast returned, or None when there is none that looks like an id."""
    request_id = _first_value(headers.get("x-request-id", ""))
    return request_id if re.fullmatch(r"[\w-]{1,80}", request_id, re.ASCII) else None


def server_date(headers: Mapping[str, str]) -> datetime | None:
    """Return the time by Mimecast's clock (UTC), or None without a plausible `Date` header."""
    dates = _http_dates(headers.get("Date", ""))
    return dates[0] if dates and dates[0].year >= EARLIEST_SERVER_YEAR else None


def is_from_sandbox(headers: Mapping[str, str]) -> bool:
    """Return whether our own sandbox sent the response."""
    return SANDBOX_HEADER in headers


def retry_after_seconds(headers: Mapping[str, str], names: Iterable[str], now: datetime) -> float | None:
    """Return the longest wait in seconds that one of the named headers asks for, or None when none does.

    Args:
        headers: The headers of the response. The values of a header that was sent twice are joined by commas.
        names: The headers to read.
        now: The current time (UTC), from which a date is counted when the response has no `Date` of its own.
    """
    sent_at = server_date(headers) or now
    waits = [0.0]
    for name in names:
        text = headers.get(name, "")
        if name == RETRY_AFTER_HEADER:
            waits += [(date - sent_at).total_seconds() for date in _http_dates(text)]
        unit = 1 if name == RETRY_AFTER_HEADER else 1000
        waits += [_parse_number(part) / unit for part in text.split(",")]
    return min(max(waits), MAX_RETRY_AFTER_SECONDS) or None


def _first_value(text: str) -> str:
    """Return the first value of a header that may have been sent more than once."""
    return text.partition(",")[0].strip()


def _http_dates(text: str) -> list[datetime]:
    """Return the valid dates in a header, in UTC."""
    dates = []
    for match in re.findall(HTTP_DATE, text):
        with suppress(ValueError, OverflowError):
            date = parsedate_to_datetime(match)
            dates.append((date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC))
    return dates


def _parse_number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text.strip(), re.ASCII) else 0.0


def _open_envelope(response: Response) -> Mapping[str, Any]:
    """Return the object in a response that reports success in all places."""
    if response.status != 200:
        raise _error(response.status, _error_code(_parse_json_or_none(response.body)))
    envelope = _parse_json(response.body)
    if not isinstance(envelope, dict):
        raise ResponseUnreadable(f"Mimecast's answer is {describe_json(envelope)}; an object is expected.")
    if envelope.get("fail"):
        raise _error(200, _error_code(envelope))
    meta = envelope.get("meta")
    meta_status = meta.get("status") if isinstance(meta, dict) else None
    if meta_status is not None and meta_status != 200:
        if type(meta_status) is not int:
            raise ResponseUnreadable(
                f"meta.status in Mimecast's answer is {describe_json(meta_status)} instead of a number."
            )
        raise _error(meta_status, None)
    return envelope


def _parse_json(body: bytes) -> object:
    try:
        return json.loads(body, object_pairs_hook=_JsonObject.from_pairs)
    except (ValueError, RecursionError):
        raise ResponseUnreadable(f"Mimecast's answer is {_describe_body(body)} instead of JSON.") from None


def _parse_json_or_none(body: bytes) -> object:
    try:
        return _parse_json(body)
    except ResponseUnreadable:
        return None


def _describe_body(body: bytes) -> str:
    start = body.lstrip()[:1]
    if not start:
        return "empty"
    if start == b"<":
        return "an HTML page"
    return "cut off or damaged" if start in b'{["' else "text"


def _error_codes(payload: object) -> Iterator[str]:
    """Yield the error codes in a response, all of them safe to show.

    They are nested (`fail[].errors[].code`), flat (`fail[].code`), in a list named `errors`, or OAuth's `error`.
    """
    if not isinstance(payload, dict):
        return
    entries = [*_list(payload.get("fail")), *_list(payload.get("errors")), {"code": payload.get("error")}]
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        for error in [*_list(entry.get("errors")), entry]:
            code = error.get("code") if isinstance(error, dict) else None
            if isinstance(code, str) and (
                code in ERROR_BY_CODE or re.fullmatch(r"[A-Za-z][\w.-]{1,60}", code, re.ASCII)
            ):
                yield code


def _error_code(payload: object) -> str | None:
    """Return the most specific error code: the first one in `ERROR_BY_CODE`, else the first."""
    codes = list(_error_codes(payload))
    return next((code for code in codes if code in ERROR_BY_CODE), codes[0] if codes else None)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _error(status: int, code: str | None, on_401: type[MimecastError] | None = None) -> MimecastError:
    """Return the error for a status and a code; the code is more specific, so it is looked up first."""
    error_class = ERROR_BY_CODE.get(code or "") or (on_401 if status == 401 else None) or ERROR_BY_STATUS.get(status)
    if error_class is None:
        error_class = ServiceError if status >= 500 else Redirected if 300 <= status < 400 else RequestRejected
    failure = f"status {status}" if status != 200 else "a failure"
    return error_class(f"Mimecast answered with {failure}{f' and the code {code}' if code else ''}.", code=code)


def _parse_counts(data: object) -> Summary:
    score_counts, warnings = _find_score_counts(data)
    users, ignored = _users_by_letter(score_counts)
    if not any(letter in GRADES for letter in users):
        raise ResponseUnreadable("scoreCounts in Mimecast's answer has none of the grades A, B, C, D and F.")
    other = {letter: count for letter, count in users.items() if letter not in GRADES}
    if other:
        grades = f"grade{'' if len(other) == 1 else 's'} {join_and(sorted(other))}"
        unknown = f"the unknown {grades}: {pluralize(sum(other.values()), 'user')}"
        warnings.append(f"Mimecast's answer has {unknown}, shown as “other”.")
    if ignored:
        warnings.append(f"{pluralize(ignored, 'unknown field')} in scoreCounts of Mimecast's answer had to be ignored.")
    known = {letter: count for letter, count in users.items() if letter in GRADES}
    return Summary(
        ScoreCounts.from_mapping({**known, OTHER: sum(other.values())}),
        tuple(sorted(letter for letter, count in other.items() if count)),
        tuple(grade for grade in GRADES if grade not in known),
        tuple(warnings),
    )


def _find_score_counts(data: object) -> tuple[_JsonObject, list[str]]:
    """Return `data[0].scoreCounts`, and a warning if `data` has more entries."""
    if not isinstance(data, list):
        raise ResponseUnreadable(f"data in Mimecast's answer is {describe_json(data)}; a list is expected.")
    if not data:
        raise ResponseUnreadable("data in Mimecast's answer is an empty list, with no scoreCounts in it.")
    score_counts = data[0].get("scoreCounts") if isinstance(data[0], dict) else None
    if not isinstance(score_counts, _JsonObject):
        fault = (
            describe_json(score_counts)
            if isinstance(data[0], dict)
            else f"missing, since data holds {describe_json(data[0])}"
        )
        raise ResponseUnreadable(f"scoreCounts in Mimecast's answer is {fault}; an object is expected.")
    warnings = ["Mimecast's answer has more than one entry in data; only the first was read."] if len(data) > 1 else []
    return score_counts, warnings


def _users_by_letter(score_counts: _JsonObject) -> tuple[dict[str, int], int]:
    """Return the users per upper-case letter, documented grade or not, and the number of keys that are no letter."""
    users: dict[str, int] = {}
    ignored = 0
    for key, value in score_counts.items():
        if len(key) != 1 or not key.isalpha():
            ignored += 1
            continue
        letter = key.upper()
        if letter in users or key in score_counts.repeated:
            raise ResponseUnreadable(f"The grade {letter} appears more than once in Mimecast's answer.")
        users[letter] = _parse_users(letter, value)
    return users, ignored


def _parse_users(letter: str, value: object) -> int:
    """Return a number of users; a float with a whole value is accepted."""
    users = int(value) if isinstance(value, float) and value.is_integer() else value
    if type(users) is not int or not 0 <= users <= MAX_USERS:
        fault = describe_json(value) if type(value) not in (int, float) else "not a whole number of users, zero or more"
        raise ResponseUnreadable(f"The count of grade {letter} in Mimecast's answer is {fault}.")
    return users


def describe_json(value: object) -> str:
    """Return what kind of JSON value it is, without its content."""
    if value is None:
        return "missing"
    kinds: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        _JsonObject: "an object",
    }
    return kinds[type(value)]
