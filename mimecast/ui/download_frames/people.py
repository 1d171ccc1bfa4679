"""Tables of departments and movement, for pages and their CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mimecast.domain.people.departments import DepartmentChange
from mimecast.domain.people.movement import Movement
from mimecast.formatting import round_points
from mimecast.reports.people.rows import MOVEMENT_COLUMNS, movement_rows

if TYPE_CHECKING:
    import pandas as pd


def departments_frame(departments: Sequence[DepartmentChange]) -> pd.DataFrame:
    """Return a row for each department, in their order: users per grade, users graded, share at risk and its change.

    Shares are percent of users graded, changes are percentage points; missing where they are not known.
    """
    import pandas as pd  # see mimecast/ui/download_frames/grades.py

    return pd.DataFrame(
        [
            {
                "department": each.department,
                "users_graded": each.counts.users_graded,
                "at_risk": each.counts.at_risk,
                "at_risk_percent": None if each.counts.at_risk_share is None else round(each.counts.at_risk_share, 2),
                "change_points": None if each.change is None else round_points(each.change),
                **each.counts.as_mapping(),
            }
            for each in departments
        ]
    )


def movement_frame(account: str, movement: Movement) -> pd.DataFrame:
    """Return the rows of `movement_rows`, with the columns `MOVEMENT_COLUMNS`."""
    import pandas as pd

    return pd.DataFrame(movement_rows(account, movement), columns=[*MOVEMENT_COLUMNS])
