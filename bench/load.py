"""Load test: fifty visitors open pages and change ranges at once, over Streamlit's own protocol.

`python -m bench.load` takes five minutes; `--minutes 1` is shorter. It prints how long pages took, errors, the server's
memory, and how often the API (a local sandbox) was asked for a snapshot, which must be at most once per account and
refresh period. It exits with status 1 after any error and after too many requests.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Final

from bench.harness.machine import describe_machine
from bench.harness.results import Result, as_table
from bench.harness.servers import Endpoint, Server, copy_dashboard, run_streamlit, secrets_for
from bench.harness.stores import SEED, StorePlan, make_store
from bench.harness.streamlit_client import CLIENT_ERRORS, ScriptError, ScriptRun, Session, open_session, select_option
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.server import Sandbox

PLAN: Final = StorePlan("load", 730, timedelta(days=1), accounts=5)
COUNTS: Final = ScoreCounts(522, 301, 214, 98, 68)
RANGES: Final = ("30 days", "90 days", "1 year", "All")

REFRESH_AFTER: Final = timedelta(minutes=1)
MIN_PAUSE_SECONDS: Final = 2.0
MAX_PAUSE_SECONDS: Final = 10.0
ARRIVAL_SECONDS: Final = 10.0
"""Time over which the visitors arrive."""

MEMORY_INTERVAL_SECONDS: Final = 2.0

MAX_GROWTH: Final = 1.05
"""Ratio of the memory in the last quarter of the time to the quarter before it; above it, memory is still growing."""


@dataclass
class Observations:
    """What all visitors observed together: seconds by what they did, errors, and the server's memory in MiB."""

    page_opens: list[float] = field(default_factory=list)
    range_changes: list[float] = field(default_factory=list)
    fragment_reruns: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    resident_mib: list[float] = field(default_factory=list)


def main() -> int:
    """Run the command line and return its exit status."""
    options = _parse_options()
    with tempfile.TemporaryDirectory(prefix="safe-score-load-") as temporary, Sandbox(lambda: COUNTS) as sandbox:
        folder = Path(temporary)
        store_url = make_store(PLAN, folder, datetime.now(UTC))
        endpoint = Endpoint(sandbox.base_url, sandbox.api2.keys)
        secrets = secrets_for(PLAN, store_url, endpoint, refresh_after=f"{REFRESH_AFTER // timedelta(minutes=1)}m")
        dashboard = copy_dashboard(folder / "dashboard", secrets)
        with run_streamlit(dashboard) as server:
            started_at = time.monotonic()
            observations = run_visitors(server, options.visitors, options.minutes * 60)
            elapsed = timedelta(seconds=time.monotonic() - started_at)
        log = (dashboard / "server.log").read_text().splitlines()
        requests = sandbox.summary_requests
    observations.errors += [line for line in log if "Traceback" in line or "Error" in line]
    max_requests = PLAN.accounts * math.ceil(elapsed / REFRESH_AFTER)
    results = summarize(observations, options.visitors, requests)
    print(f"{describe_machine()}\n\n{as_table(results)}\n")
    if options.json:
        options.json.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n")
    return _print_verdict(observations, requests, max_requests)


def run_visitors(server: Server, visitors: int, seconds: float) -> Observations:
    """Let visitors use the dashboard for some time, and return what they observed."""
    observations, deadline = Observations(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_visit, args=(server, random.Random(SEED + number), deadline, observations))
        for number in range(visitors)
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < deadline:
        observations.resident_mib.append(server.resident_mib)
        time.sleep(MEMORY_INTERVAL_SECONDS)
    for thread in threads:
        thread.join()
    return observations


def _visit(server: Server, rng: random.Random, deadline: float, observations: Observations) -> None:
    """Look at one account after another until the deadline, as one visitor."""
    time.sleep(rng.uniform(0, ARRIVAL_SECONDS))
    try:
        with open_session(server.url) as session:
            while time.monotonic() < deadline:
                _look_at_account(session, rng, observations)
    except (ScriptError, *CLIENT_ERRORS) as error:
        observations.errors.append(f"{type(error).__name__}: {error}")


def _look_at_account(session: Session, rng: random.Random, observations: Observations) -> None:
    """Open Overview and rerun its fragments, open History, and change the range there twice."""

    def record(seconds: list[float], run: ScriptRun) -> ScriptRun:
        seconds.append(run.seconds)
        time.sleep(rng.uniform(MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS))
        return run

    query = f"account={rng.choice(PLAN.account_ids)}"
    run = record(observations.page_opens, session.open("", query))
    for fragment in run.auto_reruns:
        record(observations.fragment_reruns, session.run_fragment(fragment, "", query))
    run = record(observations.page_opens, session.open("history", query))
    for option in rng.sample(RANGES, 2):
        state = select_option(run.widget("button_group", "Range"), option)
        run = record(observations.range_changes, session.set_widget(state, "history", query))


def summarize(observations: Observations, visitors: int, requests: int) -> list[Result]:
    """Return the observations as results."""
    section = f"{visitors} visitors at once, pauses of {MIN_PAUSE_SECONDS:g} to {MAX_PAUSE_SECONDS:g} s"
    seconds = {
        "a page opened": observations.page_opens,
        "a range changed": observations.range_changes,
        "a fragment rerun": observations.fragment_reruns,
    }
    return [
        *(
            Result(section, f"{name} ({len(values):,} times)", "s", tuple(values))
            for name, values in seconds.items()
            if values
        ),
        Result(section, "resident size of the server", "MiB", tuple(observations.resident_mib)),
        Result(section, "errors, seen by visitors or logged", "", (float(len(observations.errors)),)),
        Result(section, "requests for a snapshot", "", (float(requests),)),
    ]


def quarter_means(values: list[float]) -> list[float]:
    """Return the mean of each quarter of a series, in order; the values themselves if there are fewer than four."""
    if len(values) < 4:
        return values
    size = len(values) // 4
    return [fmean(values[start : start + size]) for start in range(0, 4 * size, size)]


def _print_verdict(observations: Observations, requests: int, max_requests: int) -> int:
    quarters = quarter_means(observations.resident_mib)
    print(f"Memory by quarters of the time: {', '.join(f'{size:.0f}' for size in quarters)} MiB.")
    if len(quarters) > 1 and quarters[-1] > quarters[-2] * MAX_GROWTH:
        print("Memory was still growing.")
    for message in sorted(set(observations.errors))[:10]:
        print(f"Error: {message}")
    print(f"{requests} requests for a snapshot; at most {max_requests} are expected.")
    return 1 if observations.errors or requests > max_requests else 0


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, metavar="N", help="default 5")
    parser.add_argument("--visitors", type=int, default=50, metavar="N", help="default 50")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save every value in this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
