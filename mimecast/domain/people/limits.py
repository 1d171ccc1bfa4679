"""Limits of what is kept about people. The settings need them with every command, which loads nothing else of this."""

from __future__ import annotations

from typing import Final

MIN_GROUP_SIZE: Final = 5
"""Users in the smallest group that any setting allows to be shown."""

DEFAULT_GROUP_SIZE: Final = 10

MIN_KEY_BYTES: Final = 32
"""Bytes of the shortest key of pseudonyms."""
