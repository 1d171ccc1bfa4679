"""What was measured: medians with their quartiles, ratios, and what they should reach; as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Result:
    """`values` in `unit`, one a round; the ratio of their median to that of `against`, and the most it should be."""

    section: str
    name: str
    unit: str
    values: tuple[float, ...]
    ratio: float | None = None
    against: str = ""
    at_most: float | None = None

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def is_met(self) -> bool | None:
        """Whether the ratio is what it should be; None where nothing is asked of it."""
        return None if self.at_most is None or self.ratio is None else self.ratio <= self.at_most

    def as_json(self) -> dict[str, Any]:
        low, high = self.quartiles
        return {**asdict(self), "median": self.median, "quartiles": [low, high], "met": self.is_met}


def compared(
    section: str,
    name: str,
    unit: str,
    values: Sequence[float],
    *,
    against: str = "",
    by: Sequence[float] = (),
    at_most: float | None = None,
) -> Result:
    """A result with the ratio of its median to that of `by`."""
    ratio = median(values) / median(by) if by else None
    return Result(section, name, unit, tuple(values), ratio, against, at_most)


def as_table(results: Iterable[Result]) -> str:
    """Markdown, one table a section."""
    sections: dict[str, list[Result]] = {}
    for result in results:
        sections.setdefault(result.section, []).append(result)
    return "\n\n".join(_table(section, rows) for section, rows in sections.items())


def _table(section: str, rows: list[Result]) -> str:
    has_spread = any(len(row.values) > 1 for row in rows)
    has_ratio = any(row.ratio is not None for row in rows)
    head = ["", "median" if has_spread else "", *(["quartiles"] if has_spread else [])]
    head += ["ratio", "to", "asked", ""] if has_ratio else []
    cells = [head, ["---", "---:"] + (["---:"] if has_spread else []) + (["---:", "---", "---:", "---"] * has_ratio)]
    for row in rows:
        line = [row.name, f"{_number(row.median)} {row.unit}"]
        if has_spread:
            low, high = row.quartiles
            line.append(f"{_number(low)} to {_number(high)}")
        if has_ratio:
            asked = "" if row.at_most is None else f"≤ {row.at_most:g}"
            met = {None: "", True: "met", False: "**not met**"}[row.is_met]
            line += ["" if row.ratio is None else f"{row.ratio:.2f}", row.against, asked, met]
        cells.append(line)
    return f"### {section}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in cells)


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"
