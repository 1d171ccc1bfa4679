"""The endpoint `get-safe-score-details`: every user with department and grades, page by page.

Evidence for the rows: Mimecast's own connector for Microsoft Sentinel and its sample data, and Netskope's client. All
values are texts; `humanError` and `sentiment` are often empty, and so are `name` and `department`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from mimecast.api.client import Client
from mimecast.api.paging import pages
from mimecast.domain.people.users import ListedUser, parse_grade
from mimecast.domain.scores import OTHER

SAFE_SCORE_DETAILS: Final = "/api/awareness-training/company/get-safe-score-details"

GRADE_FIELD: Final = "risk"
COMPONENT_FIELDS: Final = ("humanError", "engagement", "knowledge", "sentiment")
"""The fields of the component grades, in the order of `COMPONENTS`."""

KNOWN_FIELDS: Final = frozenset(
    {"emailAddress", "name", "department", GRADE_FIELD, *COMPONENT_FIELDS, "userState", "userId"}
)

NO_OBJECT: Final = "that cannot be read"
NO_ADDRESS: Final = "without an address"
NO_GRADE: Final = "without a grade"
UNKNOWN_GRADE: Final = "with an unknown grade"
LOWER_CASE: Final = "with a grade in lower case"
EXTRA_FIELDS: Final = "with unknown fields"


class SafeScoreDetails:
    """One listing of the users of an account. Iterate over it once.

    Attributes:
        odd: How many rows were not as expected, by what was odd about them. It never contains a value of a row.
        is_from_sandbox: Whether our own sandbox sent the listing.
    """

    def __init__(self, client: Client) -> None:
        """Request nothing yet; pages are requested as the rows are read."""
        self._client = client
        self.odd: Counter[str] = Counter()
        self.is_from_sandbox = False

    def __iter__(self) -> Iterator[ListedUser]:
        """Yield the users as pages arrive. Rows that are not objects are counted and left out.

        Raises:
            MimecastError: A page could not be requested or read.
        """
        for page in pages(self._client, SAFE_SCORE_DETAILS):
            self.is_from_sandbox |= page.is_from_sandbox
            for row in page.rows:
                if isinstance(row, dict):
                    yield self._parse(row)
                else:
                    self.odd[NO_OBJECT] += 1

    def _parse(self, row: dict[str, Any]) -> ListedUser:
        address, grade = _text(row.get("emailAddress")), parse_grade(row.get(GRADE_FIELD))
        grades = [row.get(name) for name in (GRADE_FIELD, *COMPONENT_FIELDS)]
        self.odd[NO_ADDRESS] += not address
        self.odd[NO_GRADE] += not grade
        self.odd[UNKNOWN_GRADE] += grade == OTHER
        self.odd[LOWER_CASE] += any(isinstance(value, str) and value != value.upper() for value in grades)
        self.odd[EXTRA_FIELDS] += not KNOWN_FIELDS.issuperset(row)
        human_error, engagement, knowledge, sentiment = (parse_grade(value) for value in grades[1:])
        return ListedUser(
            address,
            _text(row.get("name")),
            _text(row.get("department")),
            grade,
            (human_error, engagement, knowledge, sentiment),
        )


def _text(value: object) -> str:
    """Return a value as text: a department can be a number, and any value can be missing."""
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
