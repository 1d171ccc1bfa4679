"""How fast the dashboard is, against the least that a Streamlit page with one chart can be, in one run.

`python bench/run.py` (with bench/requirements.txt installed) prints tables; `--json FILE` keeps the numbers, `--write
docs/performance.md` puts the tables between that file's markers, with the machine they were measured on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

if __package__ in (None, ""):
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

from bench.results import Result, as_table
from bench.sections import SECTIONS, benching
from mimecast.formatting import format_date

BEGIN: Final = "<!-- measured: bench/run.py writes what follows -->"
END: Final = "<!-- end of what was measured -->"


def main() -> None:
    options = _options()
    results: list[Result] = []
    with benching(options.rounds, lambda said: print(said, file=sys.stderr, flush=True)) as bench:
        for name in options.only:
            print(f"== {name}", file=sys.stderr, flush=True)
            found = SECTIONS[name](bench)
            print(as_table(found), file=sys.stderr, flush=True)
            results += found
    said = f"{machine()}\n\n{as_table(results)}"
    print(said)
    if options.json:
        measured = {"machine": machine(), "results": [result.as_json() for result in results]}
        options.json.write_text(json.dumps(measured, indent=1) + "\n")
    if options.write:
        options.write.write_text(between_markers(options.write.read_text(), said))


def machine() -> str:
    """What it was measured on, and how busy that was."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory = next((int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    packages = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "plotly", "pandas", "SQLAlchemy"))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"Measured on {format_date(datetime.now(UTC).date())}: {os.cpu_count()} cores ({model}), {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, {packages}. Load averages at the end: {load}."
    )


def between_markers(text: str, said: str) -> str:
    """The text with what stands between the markers replaced. SystemExit where it has none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"There are no markers to write between: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{said}\n\n{END}{after}"


def _lines(file: str) -> list[str]:
    path = Path(file)
    return path.read_text().splitlines() if path.exists() else []


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/run.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="after a warm-up; default 15")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), metavar="SECTION",
                        help=f"of {', '.join(SECTIONS)}")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables between this file's markers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
