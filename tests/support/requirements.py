"""What happens to a test whose browser or database server is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRE_ALL = "SAFE_SCORE_REQUIRE_ALL"
"""Environment variable that continuous integration sets: every test must run, so a skipped one is a failure."""


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the test, or fail it where every test must run."""
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(reason)
    pytest.skip(reason)
