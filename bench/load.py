"""Fifty visitors at once: pages opened and ranges changed all the time, over Streamlit's own protocol.

`python bench/load.py` takes five minutes, `--minutes 1` less. It prints how long a page took, errors, the server's
memory over time, and how often Mimecast (a local sandbox) was asked: once an account and refresh period, whoever looks.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

if __package__ in (None, ""):
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

from bench import protocol, servers
from bench.results import Result, as_table
from bench.run import machine
from bench.servers import Mimecast
from bench.stores import SEED, Plan, make_store
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox

ACCOUNTS: Final = Plan("load", 730, timedelta(days=1), accounts=5)
REFRESH_AFTER: Final = timedelta(minutes=1)
EVERY: Final = 2.0
"""Seconds between two looks at the server's memory."""

PAUSE: Final = (2.0, 10.0)
"""Seconds that a visitor looks at a page, from and to."""

COMING: Final = 10.0
"""Seconds within which the visitors come."""

RANGES: Final = ("30 days", "90 days", "1 year", "All")
PARTS: Final = 4
LEVEL: Final = 1.05
"""Memory has levelled off when its last quarter is at most this much of the one before."""


@dataclass
class Seen:
    """What the visitors saw, together. Seconds by what they did."""

    opened: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    fragments: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)


def main() -> int:
    options = _options()
    today = date(2026, 11, 24)
    story = DemoCompany(today)
    with (
        tempfile.TemporaryDirectory(prefix="safe-score-load-") as folder,
        Sandbox(lambda: story.counts_on(today)) as api,
    ):
        where = Path(folder)
        url = make_store(ACCOUNTS, where, datetime.now(UTC))
        mimecast = Mimecast(api.base_url, api.api2.keys)
        every = f"{int(REFRESH_AFTER.total_seconds() / 60)}m"
        clone = servers.clone(where / "dashboard", servers.secrets_for(ACCOUNTS, url, mimecast, every))
        with servers.streamlit(clone) as server:
            began = time.monotonic()
            seen = visit(server, options.clients, options.minutes * 60)
            periods = (time.monotonic() - began) / REFRESH_AFTER.total_seconds()
        logged = (clone / "server.log").read_text()
    most = ACCOUNTS.accounts * (int(periods) + 1)
    seen.errors += [line for line in logged.splitlines() if "Traceback" in line or "Error" in line]
    results = measured(seen, options.clients)
    section = "Under load: what has to hold"
    results += [
        Result(section, "errors, seen or logged", "", (float(len(seen.errors)),)),
        Result(section, f"requests to Mimecast; at most {most} may be", "", (float(api.calls),)),
    ]
    quarters = levels(seen.resident)
    has_levelled = quarters[-1] <= quarters[-2] * LEVEL
    print(f"{machine()}\n\n{as_table(results)}\n")
    print(f"Memory by quarters of the time: {', '.join(f'{one:.0f}' for one in quarters)} MiB.")
    for said in sorted(set(seen.errors))[:10]:
        print(f"error: {said}")
    if options.json:
        options.json.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n")
    kept = not seen.errors and api.calls <= most
    print("Held." if kept and has_levelled else "NOT HELD." if not kept else "Held, but memory was still growing.")
    return 0 if kept else 1


def visit(server: servers.Server, clients: int, seconds: float) -> Seen:
    """Let so many visitors go about for so long."""
    seen, until = Seen(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_visitor, args=(server, number, until, seen), name=f"visitor {number}")
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        seen.resident.append(servers.resident_mib(server.process))
        time.sleep(EVERY)
    for thread in threads:
        thread.join()
    return seen


def measured(seen: Seen, clients: int) -> list[Result]:
    section = f"Under load: {clients} visitors at once, pauses of {PAUSE[0]:g} to {PAUSE[1]:g} s"
    rows = [("a page opened", seen.opened), ("a range changed", seen.changed), ("its age looked at", seen.fragments)]
    results = [Result(section, f"{name} ({len(times):,} times)", "s", tuple(times)) for name, times in rows if times]
    return [*results, Result(section, "resident size of the server", "MiB", tuple(seen.resident))]


def levels(resident: list[float]) -> list[float]:
    """The mean of each quarter of the time."""
    size = max(len(resident) // PARTS, 1)
    parts = [resident[start : start + size] for start in range(0, size * PARTS, size)]
    return [sum(part) / len(part) for part in parts if part]


def _visitor(server: servers.Server, number: int, until: float, seen: Seen) -> None:
    """Overview, then History, then other ranges there, of one account after the other."""
    rng = random.Random(SEED + number)

    def timed(times: list[float], act: Callable[[], protocol.Ran]) -> protocol.Ran:
        ran = act()
        times.append(ran.seconds)
        time.sleep(rng.uniform(*PAUSE))
        return ran

    time.sleep(rng.uniform(0, COMING))
    try:
        with protocol.session(server.url) as visitor:
            while time.monotonic() < until:
                query = f"account={rng.choice(ACCOUNTS.ids)}"
                ran = timed(seen.opened, lambda: visitor.open("", query))  # noqa: B023 - called at once
                for fragment in list(ran.again):
                    timed(seen.fragments, lambda: visitor.run_fragment(fragment, "", query))  # noqa: B023
                ran = timed(seen.opened, lambda: visitor.open("history", query))  # noqa: B023
                for option in rng.sample(RANGES, 2):
                    choice = protocol.chosen(ran.widget("button_group", "Range"), option)
                    ran = timed(seen.changed, lambda: visitor.press(choice, "history", query))  # noqa: B023
    except (protocol.ScriptFailed, OSError, TimeoutError, StopIteration, protocol.ConnectionClosed) as error:
        seen.errors.append(f"{type(error).__name__}: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/load.py", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, metavar="N", help="default 5")
    parser.add_argument("--clients", type=int, default=50, metavar="N", help="default 50")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
