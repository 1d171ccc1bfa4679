"""Marks that choose the kinds of database on which the tests of a module run."""

from __future__ import annotations

import pytest

from tests.support.exhaustive import EXHAUSTIVE

EVERY_DATABASE = pytest.mark.databases("sqlite", "postgresql")
SQLITE_FIRST = pytest.mark.databases("sqlite", pytest.param("postgresql", marks=EXHAUSTIVE))
"""For a test that waits long, in a module that runs on every database."""
SQLITE_ONLY = pytest.mark.databases("sqlite")
"""For a test about files, logs and permissions in a module that runs on every database."""
