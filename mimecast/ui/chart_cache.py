"""A figure that was drawn before is not drawn again, for whoever looks.

Plotly checks and copies whatever a figure is made of at every step, which took most of a page's time. What is kept is
found by everything that the figure shows, down to the last count: a figure of other numbers is another figure, so that
none can be stale, and no account sees another's.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Final, cast

import pandas as pd

from mimecast.charts.chart import Chart
from mimecast.text.stamp import Stamp

MAX_CACHED_CHARTS: Final = 128
"""Figures of the whole process, the last ones used; History with a year of days has four, of 1 MiB together."""


def cached_chart(chart: Callable[..., Chart], *parts: Hashable, file_name: str) -> Chart:
    """`chart(*parts, file_name=file_name)`, or what that gave before. Do not change the figure: others see it too."""
    return _draw(chart, tuple(_Part(part) for part in parts), file_name)


@lru_cache(maxsize=MAX_CACHED_CHARTS)
def _draw(chart: Callable[..., Chart], parts: tuple[_Part, ...], file_name: str) -> Chart:
    return chart(*(part.value for part in parts), file_name=file_name)


class _Part:
    """Something that a figure shows, equal to another that would be shown the same."""

    def __init__(self, value: Hashable) -> None:
        self.value = value
        self._shown = _shown(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Part) and self._shown == other._shown

    def __hash__(self) -> int:
        return hash(self._shown)


def _shown(value: Any) -> Hashable:
    """A stamp without the clock, whose time shows in its text only; a table by its digest; what is made of parts by
    them."""
    if isinstance(value, pd.DataFrame):
        return hashlib.sha256(pickle.dumps(value)).digest()
    if type(value) is tuple:
        return tuple(_shown(part) for part in value)
    if not is_dataclass(value):
        return cast(Hashable, value)
    parts = [(one.name, _shown(getattr(value, one.name))) for one in fields(value)]
    if isinstance(value, Stamp):
        parts = [*((name, part) for name, part in parts if name != "now"), ("text", value.text)]
    return (type(value), *parts)
