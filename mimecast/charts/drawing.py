"""Keeps pandas from being imported while a chart is drawn.

Plotly uses pandas as soon as it is in `sys.modules`, also while another thread is still importing it, and then fails.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Final

MAX_WAIT_SECONDS: Final = 5.0
"""A drawing that takes longer is not waited for."""


class _Drawings:
    """Counts the drawings that are under way. While pandas is imported, none begins."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._depths: dict[int, int] = {}
        self._importer: int | None = None

    def begin(self) -> None:
        own = threading.get_ident()
        with self._changed:
            if own not in self._depths:
                self._changed.wait_for(lambda: self._importer in (None, own), MAX_WAIT_SECONDS)
            self._depths[own] = self._depths.get(own, 0) + 1

    def end(self) -> None:
        own = threading.get_ident()
        with self._changed:
            self._depths[own] -= 1
            if not self._depths[own]:
                del self._depths[own]
            self._changed.notify_all()

    def begin_import(self) -> None:
        own = threading.get_ident()
        with self._changed:
            self._importer = own
            self._changed.wait_for(lambda: not self._depths.keys() - {own}, MAX_WAIT_SECONDS)

    def end_import(self) -> None:
        with self._changed:
            self._importer = None
            self._changed.notify_all()


_DRAWINGS: Final = _Drawings()


@contextmanager
def drawing() -> Iterator[None]:
    """Mark that this thread draws, validates or sends figures. Waits while another thread imports pandas."""
    _DRAWINGS.begin()
    try:
        yield
    finally:
        _DRAWINGS.end()


def import_pandas_between_drawings() -> None:
    """Make the first import of pandas, wherever it is needed, wait for the drawings that are under way."""
    if "pandas" not in sys.modules and not any(isinstance(finder, _PandasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _PandasFinder())


class _PandasFinder(MetaPathFinder):
    """Finds pandas where Python would, but with a loader of ours."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == "pandas" else None
        if spec and spec.loader:
            spec.loader = _PandasLoader(spec.loader)
        return spec


class _PandasLoader(Loader):
    """Waits before pandas is put into `sys.modules`, and keeps drawings waiting until it is imported."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        _DRAWINGS.begin_import()
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__:
            module.__spec__.loader = self._loader
        try:
            self._loader.exec_module(module)
        finally:
            _DRAWINGS.end_import()
