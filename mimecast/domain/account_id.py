"""Ids of accounts."""

from __future__ import annotations

import re
from typing import Final

SAMPLE_ACCOUNT: Final = "sample"
"""The account of the sample data. In exports, which have no column for it, its id is the mark of such data."""


def is_account_id(text: str) -> bool:
    """Return whether `text` can be an account's id: up to 40 letters, digits, `-` and `_`, not starting with a sign."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", text) is not None
