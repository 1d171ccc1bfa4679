"""How often "more than usual" is said wrongly, and how often rightly.

`python -m bench.usual_variation` prints the tables of docs/usual-variation.md (about half a minute).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from bench.simulation import (
    AUTOCORRELATED,
    FOUR_YEARS,
    HEAVY,
    NOISE,
    PROCESSES,
    TWO_YEARS,
    Outcome,
    Process,
    Shares,
    of_few_users,
    outcome,
    percent_more,
    shares_back,
    with_gaps,
    with_step,
)
from mimecast.domain.variation import normal_limits

USERS: Final = 40
"""Of the small company."""

Limits = Callable[[Sequence[float]], tuple[float, float]]


def cells(found: Outcome) -> str:
    return f"{found.baseline_periods} | {found.wrongly:.1f} % | {found.rightly:.1f} %"


def row(process: Process, span: int, days: int) -> str:
    return f"| {process.name} | {span} | {cells(outcome(process.histories(days, span), span))} |"


def _rows(days: int, *spans: int) -> Iterator[str]:
    return (row(process, span, days) for span in spans for process in PROCESSES)


def _xmr(earlier: Sequence[float]) -> tuple[float, float]:
    """Wheeler's natural process limits."""
    centre, reach = float(np.mean(earlier)), 2.66 * float(np.abs(np.diff(earlier)).mean())
    return centre - reach, centre + reach


METHODS: Final[dict[str, Limits]] = {
    "XmR": _xmr,
    "prediction, 98 %": lambda earlier: normal_limits(earlier, 0.98),
    "prediction, 99 %": normal_limits,
}


def _method_rows(days: int) -> Iterator[str]:
    for process in PROCESSES:
        shares = process.histories(days, 30)
        moved = with_step(shares, 30)
        for name, limits in METHODS.items():
            found = f"{_percent_outside(shares, limits):.1f} % | {_percent_outside(moved, limits):.1f} %"
            yield f"| {process.name} | {(days - 1) // 30 - 1} | {name} | {found} |"


def _percent_outside(shares: Shares, limits: Limits) -> float:
    """How many percent of the last changes over 30 days are outside limits made of the earlier ones."""
    changes = -np.diff(shares_back(shares, 30), axis=1)
    outside = 0
    for change, *earlier in changes.tolist():
        low, high = limits(earlier)
        outside += not low <= change <= high
    return 100 * outside / len(changes)


def _gap_rows() -> Iterator[str]:
    kinds = {
        "1 day in 10": (0.1, 0, 0),
        "1 day in 2": (0.5, 0, 0),
        "1 day in 10, and 4 times 3 weeks": (0.1, 4, 21),
    }
    for said, (single, outages, length) in kinds.items():
        for span in (7, 30):
            for process in PROCESSES:
                found = outcome(with_gaps(process.histories(TWO_YEARS, span), single, outages, length), span)
                yield f"| {said} | {process.name} | {span} | {found.judged:.1f} % | {cells(found)} |"


def _few_users_rows() -> Iterator[str]:
    for process in (NOISE, AUTOCORRELATED):
        shares = process.histories(TWO_YEARS, 30)
        for sd in (0.1, 0.25, 0.5, 1.0, 2.0):
            steps = [with_step(shares, 30, users / sd) for users in (0, 2, 3, 5)]
            more = [percent_more(of_few_users(moved, USERS, sd), 30, 100 / USERS) for moved in steps]
            yield f"| {process.name} | {sd} | {' | '.join(f'{percent:.1f} %' for percent in more)} |"


def _other_rows() -> Iterator[str]:
    months = np.arange(TWO_YEARS) / 30
    for process in PROCESSES:
        shares = process.histories(TWO_YEARS, 30)
        yield f"| {process.name}, falls by 1 a month | {cells(outcome(shares - months, 30))} |"
        yield f"| {process.name}, rose by 5 a year ago | {cells(outcome(with_step(shares, 30, ago=12), 30))} |"
    yield f"| {HEAVY.name} | {cells(outcome(HEAVY.histories(TWO_YEARS, 30), 30))} |"


def _table(heading: str, columns: str, *rows: Iterator[str]) -> None:
    print(f"{heading}\n\n| {columns} |\n|{' --- |' * (columns.count('|') + 1)}")
    for line in (line for some in rows for line in some):
        print(line)
    print()


def main() -> None:
    rates = "no real change | a step of 5"
    main_columns = f"history | days | earlier spans | {rates}"
    _table("Two years:", main_columns, _rows(TWO_YEARS, 30, 7))
    _table("Four years:", main_columns, _rows(FOUR_YEARS, 30, 90))
    _table("Methods:", f"history | earlier spans | limits | {rates}", _method_rows(TWO_YEARS), _method_rows(400))
    _table("Gaps:", f"missing | history | days | judged | earlier spans | {rates}", _gap_rows())
    few = "history | standard deviation | no real change | 2 users more | 3 users more | 5 users more"
    _table(f"{USERS} users:", few, _few_users_rows())
    _table("Trends, steps, heavy tails:", f"history | earlier spans | {rates}", _other_rows())


if __name__ == "__main__":
    main()
