"""Reading Mimecast's answer: in order the HTTP status, `fail`, `meta.status`, and the shape of `data`.

HTTP 200 can carry a failure, so none of the four is skipped. Nothing but score counts or a `MimecastError` comes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
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
"""When the rate limit's window ends, in milliseconds: all spellings seen. Every answer has one, so it is a wait only
where the limit was reached."""

RETRY_AFTER_HEADER: Final = "Retry-After"
"""In seconds."""

MAX_RETRY_AFTER_SECONDS: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Summary:
    """What get-safe-score-summary said.

    `other_letters` are the undocumented grades behind `counts.other`; `warnings` are plain sentences about
    whatever else in the answer was not expected.
    """

    counts: ScoreCounts
    other_letters: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys stood in it more than once."""

    repeated: frozenset[str] = frozenset()

    @classmethod
    def from_pairs(cls, pairs: list[tuple[str, Any]]) -> _Object:
        made = cls(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            made.repeated = frozenset(key for key in keys if keys.count(key) > 1)
        return made


def read_summary(answer: Response) -> Summary:
    """Score counts out of one HTTP answer.

    Raises a `MimecastError`: the class that fits the status, `fail` or `meta.status`, or `AnswerUnreadable` when
    `data` does not hold score counts. Its `request_id` is the one Mimecast answered with, if any.
    """
    try:
        return _read_counts(_read_envelope(answer))
    except MimecastError as error:
        _with_metadata(error, answer)
        raise


def error_for(answer: Response, *, on_401: type[MimecastError] | None = None) -> MimecastError:
    """The error for an answer whose HTTP status says no."""
    error = _error(answer.status, _code(_parse_or_none(answer.body)), on_401)
    if isinstance(error, RateLimited):
        error.retry_after = retry_after_seconds(answer.headers, (*RATE_LIMIT_RESET_HEADERS, RETRY_AFTER_HEADER))
    elif isinstance(error, ServiceError):
        error.retry_after = retry_after_seconds(answer.headers, (RETRY_AFTER_HEADER,))
    return _with_metadata(error, answer)


def _with_metadata(error: MimecastError, answer: Response) -> MimecastError:
    """The error, with what the answer's head says of it."""
    error.status = answer.status
    error.request_id = request_id_of(answer.headers)
    error.server_time = server_date(answer.headers)
    return error


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The id that Mimecast gave a request, if it looks like one."""
    text = headers.get("x-request-id", "")
    return text if re.fullmatch(r"[\w-]{1,80}", text, re.ASCII) else None


def server_date(headers: Mapping[str, str]) -> datetime | None:
    """The time by Mimecast's clock, in UTC."""
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
        return (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def retry_after_seconds(headers: Mapping[str, str], names: Iterable[str]) -> float | None:
    """Seconds that Mimecast asks to wait, by whichever of these headers says the longest; None when none does."""
    waits = [_number(headers.get(name)) / (1 if name == RETRY_AFTER_HEADER else 1000) for name in names]
    return min(max(waits), MAX_RETRY_AFTER_SECONDS) or None


def _number(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text.strip(), re.ASCII) else 0.0


def _read_envelope(answer: Response) -> object:
    if answer.status != 200:
        raise error_for(answer)
    read = _parse(answer.body)
    if not isinstance(read, dict):
        raise ResponseUnreadable(f"Mimecast's answer is {_kind(read)} instead of an object.")
    if read.get("fail"):
        raise _error(200, _code(read))
    meta = read.get("meta")
    inner = meta.get("status") if isinstance(meta, dict) else None
    if inner is not None and inner != 200:
        if type(inner) is not int:
            raise ResponseUnreadable(f"meta.status in Mimecast's answer is {_kind(inner)} instead of a number.")
        raise _error(inner, None)
    return read.get("data")


def _parse(body: bytes) -> object:
    try:
        return json.loads(body, object_pairs_hook=_Object.from_pairs)
    except (ValueError, RecursionError):
        raise ResponseUnreadable(f"Mimecast's answer is {_kind_of_body(body)} instead of JSON.") from None


def _parse_or_none(body: bytes) -> object:
    try:
        return _parse(body)
    except ResponseUnreadable:
        return None


def _kind_of_body(body: bytes) -> str:
    start = body.lstrip()[:1]
    if not start:
        return "empty"
    if start == b"<":
        return "an HTML page"
    return "cut off or damaged" if start in b'{["' else "text"


def _codes(answer: object) -> Iterator[str]:
    """Mimecast's error codes, harmless to show: nested (`fail[].errors[].code`), flat (`fail[].code`), a list named
    `errors`, or OAuth's own `error`."""
    if not isinstance(answer, dict):
        return
    entries = [*_list(answer.get("fail")), *_list(answer.get("errors")), {"code": answer.get("error")}]
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        for error in [*_list(entry.get("errors")), entry]:
            code = error.get("code") if isinstance(error, dict) else None
            if isinstance(code, str) and (
                code in ERROR_BY_CODE or re.fullmatch(r"[A-Za-z][\w.-]{1,60}", code, re.ASCII)
            ):
                yield code


def _code(answer: object) -> str | None:
    """The code that says most: the first one known here, else the first."""
    codes = list(_codes(answer))
    return next((code for code in codes if code in ERROR_BY_CODE), codes[0] if codes else None)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _error(status: int, code: str | None, on_401: type[MimecastError] | None = None) -> MimecastError:
    """The error that fits; Mimecast's code says more than the status, so it is looked up first."""
    kind = ERROR_BY_CODE.get(code or "") or (on_401 if status == 401 else None) or ERROR_BY_STATUS.get(status)
    if kind is None:
        kind = ServiceError if status >= 500 else Redirected if 300 <= status < 400 else RequestRejected
    said = f"status {status}" if status != 200 else "a failure"
    return kind(f"Mimecast answered with {said}{f' and the code {code}' if code else ''}.", code=code)


def _read_counts(data: object) -> Summary:
    if not isinstance(data, list):
        raise ResponseUnreadable(f"data in Mimecast's answer is {_kind(data)} instead of a list.")
    if not data:
        raise ResponseUnreadable("data in Mimecast's answer is an empty list, with no scoreCounts in it.")
    counts = data[0].get("scoreCounts") if isinstance(data[0], dict) else None
    if not isinstance(counts, _Object):
        found = _kind(counts) if isinstance(data[0], dict) else f"missing: data holds {_kind(data[0])}"
        raise ResponseUnreadable(f"scoreCounts in Mimecast's answer is {found} instead of an object.")
    warnings = ["Mimecast's answer has more than one entry in data; only the first was read."] if len(data) > 1 else []

    users: dict[str, int] = {}
    ignored = 0
    for key, value in counts.items():
        if len(key) != 1 or not key.isalpha():
            ignored += 1
            continue
        letter = key.upper()
        if letter in users or key in counts.repeated:
            raise ResponseUnreadable(f"The grade {letter} stands more than once in Mimecast's answer.")
        users[letter] = _users(letter, value)

    if not any(letter in GRADES for letter in users):
        raise ResponseUnreadable("scoreCounts in Mimecast's answer has none of the grades A, B, C, D and F.")
    other = {letter: count for letter, count in users.items() if letter not in GRADES}
    if other:
        unknown = f"the unknown grade {join_and(sorted(other))}: {pluralize(sum(other.values()), 'user')}"
        warnings.append(f"Mimecast's answer has {unknown}, shown as “other”.")
    if ignored:
        warnings.append(f"{pluralize(ignored, 'unknown field')} in scoreCounts of Mimecast's answer had to be ignored.")
    known = {letter: count for letter, count in users.items() if letter in GRADES}
    return Summary(
        ScoreCounts.from_mapping({**known, OTHER: sum(other.values())}),
        tuple(sorted(letter for letter, count in other.items() if count)),
        tuple(warnings),
    )


def _users(letter: str, value: object) -> int:
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    if type(whole) is not int or not 0 <= whole <= MAX_USERS:
        found = _kind(value) if type(value) not in (int, float) else "not a whole number of users, zero or more"
        raise ResponseUnreadable(f"The count of grade {letter} in Mimecast's answer is {found}.")
    return whole


def _kind(value: object) -> str:
    """What was found, without its content."""
    if value is None:
        return "missing"
    kinds: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        _Object: "an object",
    }
    return kinds[type(value)]
