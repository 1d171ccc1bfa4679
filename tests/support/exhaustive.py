"""Which tests run by default, and which only where every test must run.

Some tests repeat a check without covering more: every fault in the browser where the command line covers each, every
page with every wrong setting, a hundred kills. By default, a representative part of them runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest

from tests.support.requirements import REQUIRE_ALL

EXHAUSTIVE = pytest.mark.exhaustive
"""Mark of a test, or of a case of a test, that runs only where every test must run."""

CROSSED = pytest.mark.crossed
"""Mark of a test with several parametrisations: by default, one varies while the others keep their first value."""

T = TypeVar("T")


def is_exhaustive() -> bool:
    """Return whether every test must run."""
    return bool(os.environ.get(REQUIRE_ALL))


def every_nth(cases: Sequence[Any], n: int) -> list[Any]:
    """Return the cases of a parametrisation, of which by default every nth runs, beginning with the first."""
    return [
        case if position % n == 0 else pytest.param(*_values(case), marks=EXHAUSTIVE)
        for position, case in enumerate(cases)
    ]


def sample(cases: Iterable[T], n: int) -> list[T]:
    """Return what a test goes through: every nth of the cases, beginning with the first, or all where all must run."""
    return [*cases][:: 1 if is_exhaustive() else n]


def _values(case: Any) -> Sequence[Any]:
    return case if isinstance(case, tuple) else (case,)


def mark_repetitions(items: Sequence[pytest.Item]) -> None:
    """Mark the cases of crossed tests in which more than one parametrisation is not at its first value.

    The kinds of database of a test are crossed with its parametrisations without a mark.
    """
    for item in items:
        if isinstance(item, pytest.Function):
            parametrisations = list(item.iter_markers("parametrize"))
            others = sum(not _has_first_value(item, *mark.args) for mark in parametrisations)
            has_other_database = _has_other_database(item)
            is_crossed = has_other_database or item.get_closest_marker("crossed") is not None
            if is_crossed and others + has_other_database > 1:
                item.add_marker(EXHAUSTIVE)


def _has_other_database(item: pytest.Function) -> bool:
    """Return whether the store of a case is not in the first kind of database that its mark names."""
    mark = item.get_closest_marker("databases")
    chosen = item.callspec.params.get("store_url") if hasattr(item, "callspec") else None
    return mark is not None and chosen is not None and chosen != mark.args[0]


def _has_first_value(item: pytest.Function, names: str | Sequence[str], cases: Iterable[Any]) -> bool:
    names, first = _names(names), next(iter(cases))
    values = first.values if hasattr(first, "marks") else first if len(names) > 1 else (first,)
    return all(item.callspec.params[name] is value for name, value in zip(names, values, strict=True))


def _names(names: str | Sequence[str]) -> list[str]:
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


def deselect_repetitions(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remove the tests that only an exhaustive run needs, unless the command line names them or their mark."""
    is_named = any("::" in argument for argument in config.args) or "exhaustive" in config.option.markexpr
    if is_exhaustive() or is_named:
        return
    repetitions = [item for item in items if item.get_closest_marker("exhaustive")]
    if repetitions:
        config.hook.pytest_deselected(items=repetitions)
        items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
