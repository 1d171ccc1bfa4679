"""Location of the project on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]
"""The folder that contains `app.py`. Relative paths in settings are relative to it."""
