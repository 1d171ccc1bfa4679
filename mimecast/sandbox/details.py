"""The endpoint `get-safe-score-details` in the sandbox: pages of users, and the ways in which they can be odd."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mimecast.domain.people.users import ListedUser
from mimecast.domain.scores import GRADES, ScoreCounts
from mimecast.sandbox.replies import Reply

MAX_PAGE_ROWS: Final = 500
DEFAULT_PAGE_ROWS: Final = 100

DETAILS_FAULTS: Final[Mapping[str, str]] = {
    "details-forbidden": "403 for the list of users only",
    "details-page-fails": "503 for every page of the list but the first",
    "details-page-fails-once": "503, once, for the second page of the list",
    "details-rate-limited-once": "429 with a wait of 1 second, once, for the second page of the list",
    "details-token-expires": "the token expires after each page of the list, once",
    "details-one-page": "the whole list in one answer without meta.pagination",
    "details-no-meta": "the whole list in one answer without meta",
    "details-empty-next": "a list whose last page has an empty next",
    "details-same-next": "a list whose pages name the same next page",
    "details-short": "half of the list",
    "details-no-list": "an object instead of the list",
    "details-odd-rows": "rows without an object, an address or a known grade, in lower case, with new fields, or twice",
}
"""Ways in which only the list of users is odd, by the name of the fault."""


def users_from_counts(counts: ScoreCounts) -> list[ListedUser]:
    """Return users without a department whose grades add up to the score counts."""
    grades = [grade for grade in GRADES for _ in range(counts.users(grade))]
    return [
        ListedUser(f"employee-{number:04}@contoso.example", f"Employee {number:04}", "", grade, (grade,) * 4)
        for number, grade in enumerate(grades, start=1)
    ]


def details_page(users: Sequence[ListedUser], payload: Mapping[str, Any], fault: str | None) -> Reply:
    """Return a page of the list of users: the one that the request's token names, or the first."""
    rows: Sequence[Any] = users
    if fault == "details-odd-rows":
        rows = _with_odd_rows(_rows(users))
    if fault == "details-short":
        rows = rows[: len(rows) // 2]
    if fault == "details-no-list":
        return Reply.json(200, {"meta": {"status": 200}, "fail": [], "data": {"users": []}})
    if fault == "details-no-meta":
        return Reply.json(200, {"fail": [], "data": _rows(rows)})
    if fault == "details-one-page":
        return Reply.json(200, {"meta": {"status": 200}, "fail": [], "data": _rows(rows)})
    pagination = _pagination(payload)
    size = pagination.get("pageSize", DEFAULT_PAGE_ROWS)
    start = _offset(pagination.get("pageToken") or "")
    if type(size) is not int or not size >= 1 or start is None:
        return Reply.assumed(400, "err_validation_pagination", "pageSize or pageToken is invalid")
    size = min(size, MAX_PAGE_ROWS)
    page = _rows(rows[start : start + size])
    described: dict[str, Any] = {"pageSize": len(page), "totalCount": len(rows)}
    if start + size < len(rows):
        described["next"] = _token(size if fault == "details-same-next" else start + size)
    elif fault == "details-empty-next":
        described["next"] = ""
    elif fault == "details-same-next":
        described["next"] = _token(size)
    return Reply.json(200, {"meta": {"status": 200, "pagination": described}, "fail": [], "data": page})


def is_first_page(payload: Mapping[str, Any]) -> bool:
    """Return whether a request asks for the first page."""
    return not _pagination(payload).get("pageToken")


def _pagination(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = payload.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    return pagination if isinstance(pagination, dict) else {}


def _rows(users: Sequence[Any]) -> list[Any]:
    """Return users as rows of the list; rows that are odd already are left as they are."""
    return [_row(user) if isinstance(user, ListedUser) else user for user in users]


def _row(user: ListedUser) -> dict[str, Any]:
    human_error, engagement, knowledge, sentiment = user.components
    return {
        "emailAddress": user.address,
        "name": user.name,
        "department": user.department,
        "risk": user.grade,
        "humanError": human_error,
        "sentiment": sentiment,
        "engagement": engagement,
        "knowledge": knowledge,
        "userState": "ACTIVE",
    }


def _with_odd_rows(rows: list[Any]) -> list[Any]:
    """Return the rows with one odd row of each kind in place of the first ones."""
    first = rows[:8]
    if len(first) < 8:
        return rows
    no_address = {key: value for key, value in first[1].items() if key != "emailAddress"}
    return [
        "not an object",
        no_address,
        {**first[2], "risk": "E"},
        {**first[3], "risk": None},
        {**first[4], "risk": first[4]["risk"].lower()},
        {**first[5], "riskScore": 12},
        {**first[6], "emailAddress": first[6]["emailAddress"].upper(), "risk": "F"},
        *rows[6:],
    ]


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode()


def _offset(token: str) -> int | None:
    """Return the offset behind a page token, 0 for an empty one, or None for a token that is not ours."""
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token).decode()
    except (binascii.Error, ValueError):
        return None
    number = text.removeprefix("offset:")
    return int(number) if number.isdecimal() else None
