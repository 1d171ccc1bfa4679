"""How long `python -m mimecast report` takes over ten years of daily snapshots: `python bench/report.py`.

Each run is a process of its own, from nothing to the finished file. Prints one row for each kind of file; the goal is
3 seconds. Processor time tells a slow program from a busy machine.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mimecast.domain.scores import ScoreCounts  # noqa: E402
from mimecast.domain.snapshot import Snapshot  # noqa: E402
from mimecast.store.store import Store  # noqa: E402

DAYS = 3653
RUNS = 5
GOAL = 3.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/snapshots.db"
        first = fill(url)
        print(f"Ten years of daily snapshots, {DAYS:,} of them; {RUNS} runs each, {os.cpu_count()} processors.\n")
        print("| file | range | median | slowest | processor time | size |\n| --- | --- | --- | --- | --- | --- |")
        for ending in (".pptx", ".xlsx", ".html"):
            for name, options in (("one year", []), ("ten years", ["--since", first])):
                file = Path(folder) / f"report{ending}"
                before = os.times()
                taken = [run(url, file, options) for _ in range(RUNS)]
                after = os.times()
                worked = after.children_user + after.children_system - before.children_user - before.children_system
                median, slowest, size = statistics.median(taken), max(taken), file.stat().st_size
                verdict = "" if median < GOAL else f" (over {GOAL:.0f} s)"
                times = f"{median:.2f} s{verdict} | {slowest:.2f} s | {worked / RUNS:.2f} s"
                print(f"| {ending} | {name} | {times} | {size / 1e6:.2f} MB |")


def fill(url: str) -> str:
    """A random walk of 12,000 users over ten years; returns the first day."""
    draw = random.Random(1)
    now = datetime.now(UTC).replace(microsecond=0)
    weights = [31.0, 27.0, 25.0, 10.6, 6.4]
    rows = []
    for ago in range(DAYS - 1, -1, -1):
        weights = [max(weight + draw.gauss(0, 0.05), 1) for weight in weights]
        counts = ScoreCounts(*(round(12_000 * weight / sum(weights)) for weight in weights))
        rows.append(Snapshot("default", now - timedelta(days=ago), counts))
    Store.open(url).add(rows)
    return str(rows[0].taken_at.date())


def run(url: str, file: Path, options: list[str]) -> float:
    keys = {"BASE_URL": "https://127.0.0.1", "ACCESS_KEY": "a", "SECRET_KEY": "YQ==", "APP_ID": "a", "APP_KEY": "a"}
    account = {f"MIMECAST_{key}": value for key, value in keys.items()}
    environment = {**os.environ, **account, "SNAPSHOTS_URL": url}
    command = [sys.executable, "-m", "mimecast", "report", "--quiet", "--out", str(file), *options]
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
