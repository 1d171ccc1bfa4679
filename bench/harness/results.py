"""Measured values with their medians, quartiles, ratios and targets, as Markdown tables and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Result:
    """The values of one measurement, in `unit`, one per round.

    `reference` names what it is compared with, `reference_median` is in the same unit, and `max_ratio` is the target
    for the ratio of the two medians. A `detail` is printed, but left out of the summary that a document shows.
    """

    section: str
    name: str
    unit: str
    values: tuple[float, ...]
    reference: str = ""
    reference_median: float | None = None
    max_ratio: float | None = None
    detail: bool = False

    @property
    def median(self) -> float:
        """Return the median of the values."""
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Return the first and the third quartile; the value twice if there is only one."""
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def ratio(self) -> float | None:
        """Return the ratio of the median to that of the reference; None without a reference."""
        return None if self.reference_median is None else self.median / self.reference_median

    @property
    def meets_target(self) -> bool | None:
        """Tell whether the ratio meets its target; None without a target."""
        return None if self.max_ratio is None or self.ratio is None else self.ratio <= self.max_ratio

    def as_json(self) -> dict[str, Any]:
        """Return all values and what follows from them, ready for `json.dumps`."""
        low, high = self.quartiles
        return {
            **asdict(self),
            "median": self.median,
            "quartiles": [low, high],
            "ratio": self.ratio,
            "meets_target": self.meets_target,
        }


def compare(
    section: str,
    name: str,
    unit: str,
    values: Sequence[float],
    *,
    reference: str,
    reference_values: Sequence[float],
    max_ratio: float | None = None,
    detail: bool = False,
) -> Result:
    """Return a result that is compared with a reference. The reference's own result is a detail without a ratio."""
    if name == reference:
        return Result(section, name, unit, tuple(values), detail=True)
    return Result(section, name, unit, tuple(values), reference, median(reference_values), max_ratio, detail)


def compare_in_seconds(
    section: str,
    seconds: Mapping[str, list[float]],
    reference: str,
    max_ratios: Mapping[str, float],
    details: Collection[str] = (),
) -> list[Result]:
    """Return a result for each name of `seconds`, compared with that of the reference."""
    return [
        compare(
            section,
            name,
            "s",
            values,
            reference=reference,
            reference_values=seconds[reference],
            max_ratio=max_ratios.get(name),
            detail=name in details,
        )
        for name, values in seconds.items()
    ]


def as_table(results: Iterable[Result]) -> str:
    """Return one Markdown table; each section is named in its first row."""
    lines = ["| section | measured | median | quartiles | ratio | target |", "| --- | --- | ---: | ---: | --- | --- |"]
    previous_section = ""
    for result in results:
        section = "" if result.section == previous_section else result.section
        cells = (
            section,
            result.name,
            _format(result.median, result.unit),
            _spread(result),
            _ratio(result),
            _target(result),
        )
        lines.append(f"| {' | '.join(cells)} |")
        previous_section = result.section
    return "\n".join(lines)


def _spread(result: Result) -> str:
    return " to ".join(map(_format, result.quartiles)) if len(result.values) > 1 else ""


def _ratio(result: Result) -> str:
    if result.ratio is None or result.reference_median is None:
        return ""
    return f"{result.ratio:.2f} × {result.reference} ({_format(result.reference_median, result.unit)})"


def _target(result: Result) -> str:
    if result.max_ratio is None:
        return ""
    return f"≤ {result.max_ratio:g}: {'met' if result.meets_target else '**not met**'}"


def _format(value: float, unit: str = "") -> str:
    """Return a number with three or more significant digits, whole numbers without decimals, and its unit."""
    decimals = 0 if value >= 100 or value.is_integer() else 1 if value >= 10 else 3
    return f"{value:,.{decimals}f} {unit}".strip()
