"""Where the project lives on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]
"""The folder of `app.py`. A relative path in a setting is relative to it."""
