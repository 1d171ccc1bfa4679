"""Recorded answers and published test vectors, which `tests/facts/README.md` describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FACTS = Path(__file__).parent.parent / "facts"


def load_facts(name: str) -> dict[str, Any]:
    """Return the content of one file of facts, named without its suffix."""
    facts: dict[str, Any] = json.loads((FACTS / f"{name}.json").read_text())
    return facts
