"""Description of the machine and the library versions that a measurement ran on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from mimecast.formatting import format_date

PACKAGES: Final = ("streamlit", "plotly", "pandas", "SQLAlchemy")


def describe_machine() -> str:
    """Return the date, the hardware, the versions and the current load averages as two sentences."""
    model = _first_value("/proc/cpuinfo", "model name") or "unknown processor"
    memory_gib = int((_first_value("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    load_averages = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"Measured on {format_date(datetime.now(UTC).date())}: {os.cpu_count()} cores ({model}), {memory_gib:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, {versions}. Load averages at the end: "
        f"{load_averages}."
    )


def _first_value(file: str, key: str) -> str | None:
    """Return the value of the first line `key: value` of a file of /proc, or None if there is none."""
    path = Path(file)
    for line in path.read_text().splitlines() if path.exists() else []:
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return None
