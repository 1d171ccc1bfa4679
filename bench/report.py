"""How long `python -m mimecast report` takes over ten years of daily snapshots.

The target is 3 seconds, and 10 for a picture or a PDF file, which a browser makes.

`python -m bench.report` prints one row per file type and range. Each run is a process of its own, from its start to the
finished file. The processor time tells a slow program from a busy machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from bench.harness.machine import describe_machine
from bench.harness.servers import clean_environment, copy_dashboard, secrets_for
from bench.harness.stores import TEN_YEARS_DAILY, make_store

TARGET_SECONDS: Final = {".pptx": 3.0, ".xlsx": 3.0, ".html": 3.0, ".pdf": 10.0, ".png": 10.0}
"""By the suffix of the file."""


def main() -> None:
    """Run the command line."""
    options = _parse_options()
    print(f"{TEN_YEARS_DAILY.snapshots:,} daily snapshots, median of {options.runs} runs\n")
    print("| file | range | median | slowest | processor time | size |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="safe-score-report-") as temporary:
        now = datetime.now(UTC)
        store_url = make_store(TEN_YEARS_DAILY, Path(temporary), now)
        folder = copy_dashboard(Path(temporary) / "dashboard", secrets_for(TEN_YEARS_DAILY, store_url))
        first_day = str((now - TEN_YEARS_DAILY.interval * TEN_YEARS_DAILY.snapshots).date())
        _write_report(folder, folder / "warm-up.xlsx", [])  # the first run compiles Python's bytecode
        for suffix in TARGET_SECONDS:
            for range_name, arguments in (("one year", []), ("ten years", ["--since", first_day])):
                print(_measure(folder, suffix, range_name, arguments, options.runs))
    print(f"\n{describe_machine()}")


def _measure(folder: Path, suffix: str, range_name: str, arguments: list[str], runs: int) -> str:
    """Write the report several times, and return a row of the table."""
    file = folder / f"report{suffix}"
    before = os.times()
    seconds = [_write_report(folder, file, arguments) for _ in range(runs)]
    after = os.times()
    processor = (after.children_user + after.children_system - before.children_user - before.children_system) / runs
    target = TARGET_SECONDS[suffix]
    verdict = "" if median(seconds) < target else f" (over {target:.0f} s)"
    times = f"{median(seconds):.2f} s{verdict} | {max(seconds):.2f} s | {processor:.2f} s"
    return f"| {suffix} | {range_name} | {times} | {file.stat().st_size / 1e6:.2f} MB |"


def _write_report(folder: Path, file: Path, arguments: list[str]) -> float:
    """Write one report and return the elapsed seconds."""
    environment = clean_environment(folder) | {"PYTHONPATH": os.fspath(folder)}
    command = [sys.executable, "-m", "mimecast", "report", "--quiet", "--out", os.fspath(file), *arguments]
    started_at = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True)
    return time.perf_counter() - started_at


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="default 5")
    return parser.parse_args()


if __name__ == "__main__":
    main()
