"""How often the normal range raises a false alarm, and how often it detects a real change.

`python -m bench.normal_range` prints the tables of docs/normal-range.md in about half a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

import numpy as np

from bench.simulation import (
    AUTOCORRELATED,
    FOUR_YEARS,
    HEAVY_TAILED,
    NOISE,
    PROCESSES,
    STEP,
    TWO_YEARS,
    Accuracy,
    Process,
    Shares,
    measure_accuracy,
    measure_rates,
    of_few_users,
    shares_back,
    with_gaps,
    with_implausible_days,
    with_restart,
    with_step,
)
from mimecast.domain.normal_range import normal_limits

MONTH: Final = 30
"""Days of the span in the tables that have one span only."""

MIN_HISTORY: Final = 400
"""Days of history at which an account gets its first verdict on a month."""

SMALL_COMPANY: Final = 40
"""Users of the small company."""

GAPS: Final = {
    "1 day in 10": (0.1, 0, 0),
    "1 day in 2": (0.5, 0, 0),
    "1 day in 10, and 4 times 3 weeks": (0.1, 4, 21),
}
"""Arguments of `with_gaps` by their description."""

RESTART_DAYS_AGO: Final = 425
"""Days since the restart in the table of causes: 14 months."""

IMPLAUSIBLE_PART: Final = 0.02
"""Part of the days with an implausible answer in the table of causes."""

CAUSES: Final[dict[str, Callable[[Shares], Shares]]] = {
    "restart 14 months ago, noted": lambda shares: with_restart(shares, RESTART_DAYS_AGO, is_noted=True),
    "restart 14 months ago, not noted": lambda shares: with_restart(shares, RESTART_DAYS_AGO, is_noted=False),
    "1 day in 50 implausible, left out": lambda shares: with_implausible_days(
        shares, IMPLAUSIBLE_PART, is_excluded=True
    ),
    "1 day in 50 implausible, counted": lambda shares: with_implausible_days(
        shares, IMPLAUSIBLE_PART, is_excluded=False
    ),
}
"""What happened to the histories of the table of causes, by its description."""

LimitsRule = Callable[[Sequence[float]], tuple[float, float]]
"""From earlier changes to the normal range of the next one."""


def xmr_limits(changes: Sequence[float]) -> tuple[float, float]:
    """Return the natural process limits of Wheeler's XmR chart ("Understanding Variation", 1993)."""
    centre, reach = float(np.mean(changes)), 2.66 * float(np.abs(np.diff(changes)).mean())
    return centre - reach, centre + reach


LIMITS_RULES: Final[dict[str, LimitsRule]] = {
    "XmR": xmr_limits,
    "prediction, 98%": lambda changes: normal_limits(changes, 0.98),
    "prediction, 99%": normal_limits,
}


def main() -> None:
    """Run the command line."""
    argparse.ArgumentParser(prog="python -m bench.normal_range", description=__doc__).parse_args()
    rates = f"no real change | a step of {STEP}"
    columns = f"history | days | earlier periods | {rates}"
    _print_table("Two years:", columns, _span_rows(TWO_YEARS, MONTH, 7))
    _print_table("Four years:", columns, _span_rows(FOUR_YEARS, MONTH, 90))
    rules = chain(_rule_rows(TWO_YEARS), _rule_rows(MIN_HISTORY))
    _print_table("Methods:", f"history | earlier periods | limits | {rates}", rules)
    _print_table("Gaps:", f"missing | history | days | judged | earlier periods | {rates}", _gap_rows())
    columns = "history | standard deviation | no real change | 2 users more | 3 users more | 5 users more"
    _print_table(f"{SMALL_COMPANY} users:", columns, _small_company_rows())
    _print_table("Causes:", f"history | cause | judged | earlier periods | {rates}", _cause_rows())
    _print_table("Trends, steps, heavy tails:", f"history | earlier periods | {rates}", _other_rows())


def span_row(process: Process, span: int, days: int) -> str:
    """Return a row of the first two tables: how accurate verdicts are over a span after so many days of history."""
    return f"| {process.name} | {span} | {_cells(measure_accuracy(process.histories(days, span), span))} |"


def _span_rows(days: int, *spans: int) -> Iterator[str]:
    return (span_row(process, span, days) for span in spans for process in PROCESSES)


def _rule_rows(days: int) -> Iterator[str]:
    for process in PROCESSES:
        shares = process.histories(days, MONTH)
        stepped = with_step(shares, MONTH)
        for name, rule in LIMITS_RULES.items():
            rates = f"{_percent_outside(shares, rule):.1f}% | {_percent_outside(stepped, rule):.1f}%"
            yield f"| {process.name} | {(days - 1) // MONTH - 1} | {name} | {rates} |"


def _percent_outside(shares: Shares, rule: LimitsRule) -> float:
    """Return the percentage of histories whose last change is outside the limits that the earlier ones give."""
    changes_by_history = -np.diff(shares_back(shares, MONTH), axis=1)
    outside = 0
    for change, *earlier in changes_by_history.tolist():
        low, high = rule(earlier)
        outside += not low <= change <= high
    return 100 * outside / len(changes_by_history)


def _gap_rows() -> Iterator[str]:
    for description, gaps in GAPS.items():
        for span in (7, MONTH):
            for process in PROCESSES:
                accuracy = measure_accuracy(with_gaps(process.histories(TWO_YEARS, span), *gaps), span)
                yield f"| {description} | {process.name} | {span} | {accuracy.judged:.1f}% | {_cells(accuracy)} |"


def cause_row(process: Process, cause: str) -> str:
    """Return a row of the table of causes: how accurate verdicts are with a restart or with implausible answers."""
    accuracy = measure_accuracy(CAUSES[cause](process.histories(TWO_YEARS, MONTH)), MONTH)
    return f"| {process.name} | {cause} | {accuracy.judged:.1f}% | {_cells(accuracy)} |"


def _cause_rows() -> Iterator[str]:
    return (cause_row(process, cause) for cause in CAUSES for process in PROCESSES)


def _small_company_rows() -> Iterator[str]:
    for process in (NOISE, AUTOCORRELATED):
        shares = process.histories(TWO_YEARS, MONTH)
        for sd in (0.1, 0.25, 0.5, 1.0, 2.0):
            steps = (with_step(shares, MONTH, users / sd) for users in (0, 2, 3, 5))
            companies = (of_few_users(stepped, SMALL_COMPANY, sd) for stepped in steps)
            rates = (measure_rates(company, MONTH, 100 / SMALL_COMPANY) for company in companies)
            yield f"| {process.name} | {sd} | {' | '.join(f'{rate.outside:.1f}%' for rate in rates)} |"


def _other_rows() -> Iterator[str]:
    months = np.arange(TWO_YEARS) / MONTH
    for process in PROCESSES:
        shares = process.histories(TWO_YEARS, MONTH)
        yield f"| {process.name}, falls by 1 a month | {_cells(measure_accuracy(shares - months, MONTH))} |"
        stepped = with_step(shares, MONTH, spans_ago=12)
        yield f"| {process.name}, rose by {STEP} a year ago | {_cells(measure_accuracy(stepped, MONTH))} |"
    heavy_tailed = HEAVY_TAILED.histories(TWO_YEARS, MONTH)
    yield f"| {HEAVY_TAILED.name} | {_cells(measure_accuracy(heavy_tailed, MONTH))} |"


def _cells(accuracy: Accuracy) -> str:
    return f"{accuracy.baseline_periods} | {accuracy.false_alarms:.1f}% | {accuracy.detections:.1f}%"


def _print_table(heading: str, columns: str, rows: Iterator[str]) -> None:
    print(f"{heading}\n\n| {columns} |\n|{' --- |' * (columns.count('|') + 1)}")
    for row in rows:
        print(row)
    print()


if __name__ == "__main__":
    main()
