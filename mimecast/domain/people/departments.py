"""Departments: which of them are large enough to be shown, and how they changed.

Minimum group sizes and complementary suppression follow the practice of statistical offices: a group that is too small
is merged with others, and so is one more if the merged group could otherwise be undone by subtraction from the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mimecast.domain.people.users import NO_DEPARTMENT
from mimecast.domain.scores import ScoreCounts

SMALLER_DEPARTMENTS: Final = "Smaller departments"
"""The group of all departments that are too small to be shown."""

MIN_COMPARED_DAYS: Final = 28
"""Days between two lists of departments that may be compared: differences of a few days would tell of single users."""


@dataclass(frozen=True, slots=True)
class DepartmentChange:
    """A department's score counts, and those of an earlier list where it may be compared."""

    department: str
    counts: ScoreCounts
    earlier: ScoreCounts | None = None

    @property
    def change(self) -> float | None:
        """The change of the share at risk in percentage points, or None where it is not known."""
        now, then = self.counts.at_risk_share, self.earlier.at_risk_share if self.earlier else None
        return None if now is None or then is None else now - then


def add_counts(*counts: ScoreCounts) -> ScoreCounts:
    """Return the sum of score counts."""
    totals = [each.as_mapping() for each in counts]
    return ScoreCounts(**{name: sum(total[name] for total in totals) for name in ScoreCounts().as_mapping()})


def merge_small(departments: Mapping[str, ScoreCounts], minimum: int) -> dict[str, ScoreCounts]:
    """Return the departments with at least `minimum` graded users, and all others as `SMALLER_DEPARTMENTS`.

    If that group were itself smaller than the minimum, or a single department, the next smallest joins it. Nothing is
    returned for a company with fewer graded users than the minimum. Departments are in the order of their names; the
    group is last.
    """
    if sum(counts.users_graded for counts in departments.values()) < minimum:
        return {}
    by_size = sorted(departments.items(), key=lambda item: (item[1].users_graded, item[0]))
    merged = [item for item in by_size if item[1].users_graded < minimum or item[0] == SMALLER_DEPARTMENTS]
    kept = [item for item in by_size if item not in merged]
    while merged and kept and not _hides_its_parts(merged, minimum):
        merged.append(kept.pop(0))
    shown = dict(sorted(kept, key=lambda item: (item[0] == NO_DEPARTMENT, item[0].casefold(), item[0])))
    if merged:
        shown[SMALLER_DEPARTMENTS] = add_counts(*(counts for _, counts in merged))
    return shown


def compare_departments(
    now: Mapping[str, ScoreCounts], then: Mapping[str, ScoreCounts] | None
) -> list[DepartmentChange]:
    """Return each department with its earlier counts, the largest share at risk first.

    Args:
        now: The departments, merged.
        then: Those of a list at least `MIN_COMPARED_DAYS` earlier, merged; None without one. A department that was too
            small then, and the group of smaller ones, which consists of others each time, are not compared.
    """
    earlier = {name.casefold(): counts for name, counts in (then or {}).items() if name != SMALLER_DEPARTMENTS}
    changes = [
        DepartmentChange(name, counts, None if name == SMALLER_DEPARTMENTS else earlier.get(name.casefold()))
        for name, counts in now.items()
    ]
    return sorted(changes, key=lambda change: (-(change.counts.at_risk_share or 0.0), change.department.casefold()))


def _hides_its_parts(merged: list[tuple[str, ScoreCounts]], minimum: int) -> bool:
    """Return whether a merged group is large enough and has at least two departments."""
    departments = sum(2 if name == SMALLER_DEPARTMENTS else 1 for name, _ in merged)
    return departments >= 2 and sum(counts.users_graded for _, counts in merged) >= minimum
