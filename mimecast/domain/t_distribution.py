"""Quantiles of Student's t distribution for whole degrees of freedom, without a library of statistics."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

BISECTION_STEPS: Final = 60
"""Halvings of the interval that contains the angle, which is as fine as a float gets."""


@lru_cache(maxsize=1024)
def t_quantile(probability: float, degrees: int) -> float:
    """Return the value that a t variable with `degrees` degrees of freedom stays below with `probability`.

    The method halves an interval around the finite series of Abramowitz and Stegun, "Handbook of Mathematical
    Functions" (1964), 26.7.3 and 26.7.4. Raises ValueError unless `degrees` is 1 or more and `probability` at least 0.5
    and less than 1.
    """
    if degrees < 1 or not 0.5 <= probability < 1:
        raise ValueError("a quantile takes 1 or more degrees of freedom and a probability from 0.5 to below 1")
    target = 2 * probability - 1
    low, high = 0.0, math.pi / 2
    for _ in range(BISECTION_STEPS):
        middle = (low + high) / 2
        if _within(middle, degrees) < target:
            low = middle
        else:
            high = middle
    return math.sqrt(degrees) * math.tan(low)


def _within(angle: float, degrees: int) -> float:
    """Return the probability that |t| is less than sqrt(degrees) * tan(angle)."""
    odd = degrees % 2
    squared = math.cos(angle) ** 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0 if degrees == 1 else term
    for index in range(3 if odd else 2, degrees, 2):
        term *= squared * (index - 1) / index
        total += term
    series = math.sin(angle) * total
    return 2 / math.pi * (angle + series) if odd else series
