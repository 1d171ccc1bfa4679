"""Texts that a spreadsheet would take for formulas."""

from __future__ import annotations

from typing import Final

FORMULA_PREFIXES: Final = ("=", "+", "-", "@", "\t", "\r")
"""First characters of texts that a spreadsheet would run."""


def escape_formula(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; return all else unchanged."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_PREFIXES) else value
