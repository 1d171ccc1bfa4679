"""What is measured, section by section. Each takes the servers it needs and gives results."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from bench import browser as chromium
from bench import protocol, servers
from bench.results import Result, compared
from bench.servers import Server
from bench.stores import MANY_ACCOUNTS, ONE_YEAR, TEN_DAYS, TEN_YEARS_HOURLY, Plan, make_store
from mimecast.api.client import SAFE_SCORE_SUMMARY
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.project import PROJECT

FLOOR: Final = "the floor"
SESSIONS: Final = (1, 10, 50)
SEED: Final = 20_261_124


@dataclass(frozen=True)
class Subject:
    """A page that is measured: its end of the URL, on the dashboard over a store."""

    name: str
    plan: Plan
    page: str = ""
    query: str = ""

    def url(self, server: Server) -> str:
        return f"{server.url}/{self.page}{f'?{self.query}' if self.query else ''}"


OVERVIEW: Final = Subject("Overview, one year daily", ONE_YEAR)
HISTORY: Final = Subject("History, one year daily", ONE_YEAR, "history")
HISTORY_FIRST: Final = "History, one year daily, in a range nobody has looked at"
HISTORY_TEN_DAYS: Final = Subject("History, ten days daily, all", TEN_DAYS, "history", "range=all")
HISTORY_HOURLY: Final = Subject("History, ten years hourly, all", TEN_YEARS_HOURLY, "history", "range=all")
OVERVIEW_TEN_DAYS: Final = Subject("Overview, ten days daily", TEN_DAYS)
OVERVIEW_HOURLY: Final = Subject("Overview, ten years hourly", TEN_YEARS_HOURLY)
ACCOUNTS: Final = Subject("Accounts, 500 with five years daily", MANY_ACCOUNTS, "accounts")
NAIVE: Final = "Naive page on Dash, one year daily"
NAIVE_HOURLY: Final = "Naive page on Dash, ten years hourly"


def subjects() -> list[Subject]:
    """Everything that exists in this version of the dashboard."""
    always = [OVERVIEW, OVERVIEW_TEN_DAYS, OVERVIEW_HOURLY, HISTORY, HISTORY_TEN_DAYS, HISTORY_HOURLY]
    return [*always, *([ACCOUNTS] if (PROJECT / "pages" / "accounts.py").exists() else [])]


class Bench:
    """Stores and servers, made when they are first needed and ended together."""

    def __init__(self, folder: Path, rounds: int, stack: ExitStack, say: Callable[[str], None]) -> None:
        self.folder, self.rounds, self.say = folder, rounds, say
        self._stack = stack
        self._stores: dict[Plan, str] = {}
        self._dashboards: dict[Plan, Server] = {}
        self._random = random.Random(SEED)

    @cached_property
    def browser(self) -> Browser:
        return self._stack.enter_context(chromium.browser())

    @cached_property
    def floor(self) -> Server:
        return self._stack.enter_context(servers.streamlit(servers.floor(self.folder / "floor")))

    def store(self, plan: Plan) -> str:
        if plan not in self._stores:
            self.say(f"making the store: {plan.name}")
            self._stores[plan] = make_store(plan, self.folder, datetime.now(UTC))
        return self._stores[plan]

    def dashboard(self, plan: Plan) -> Server:
        if plan not in self._dashboards:
            folder = self.clone(plan, f"dashboard-{len(self._dashboards)}")
            self._dashboards[plan] = self.serve(folder)
        return self._dashboards[plan]

    def serve(self, folder: Path) -> Server:
        """`streamlit run app.py` in the folder, until the benchmark ends."""
        return self._stack.enter_context(servers.streamlit(folder))

    def clone(self, plan: Plan, name: str) -> Path:
        return servers.clone(self.folder / name, servers.secrets_for(plan, self.store(plan)))

    def naive(self, plan: Plan) -> Server:
        folder = self.folder / f"naive-{plan.name.replace(' ', '-')}"
        return self._stack.enter_context(servers.naive_dash(self.store(plan), folder))

    def in_turn(self, clocks: dict[str, Callable[[], float]], rounds: int | None = None) -> dict[str, list[float]]:
        """Read every clock once a round, in an order that changes, so that nobody always has the same neighbour."""
        times: dict[str, list[float]] = defaultdict(list)
        for turn in range(rounds or self.rounds):
            for name in self._random.sample(list(clocks), len(clocks)):
                times[name].append(clocks[name]())
            self.say(f"round {turn + 1} of {rounds or self.rounds}")
        return times


def reload(bench: Bench) -> list[Result]:
    """Reload until all charts are drawn, every page in turn with the floor; and changing the range."""
    tabs = {FLOOR: chromium.Tab(bench.browser, bench.floor.url)}
    for subject in subjects():
        tabs[subject.name] = chromium.Tab(bench.browser, subject.url(bench.dashboard(subject.plan)))
    tabs[HISTORY_FIRST] = chromium.Tab(bench.browser, HISTORY.url(bench.dashboard(ONE_YEAR)))
    if find_spec("dash"):
        tabs[NAIVE] = chromium.Tab(bench.browser, bench.naive(ONE_YEAR).url)
        tabs[NAIVE_HOURLY] = chromium.Tab(bench.browser, bench.naive(TEN_YEARS_HOURLY).url)
    else:
        bench.say("Dash is not installed (bench/requirements.txt), so the naive page is left out")
    for tab in tabs.values():
        tab.warm_up()
        tab.leave()
    clocks: dict[str, Callable[[], float]] = {name: reload_and_leave(tab) for name, tab in tabs.items()}
    clocks[HISTORY_FIRST] = _in_ever_other_ranges(tabs[HISTORY_FIRST])
    times = bench.in_turn(clocks)
    for tab in tabs.values():
        tab.close()
    asked = {OVERVIEW.name: 1.5, HISTORY.name: 1.7, ACCOUNTS.name: 2.0}
    section = "Reload until all charts are drawn"
    results = [
        compared(
            section, name, "s", values, against="" if name == FLOOR else FLOOR, by=times[FLOOR], at_most=asked.get(name)
        )
        for name, values in ((name, times[name]) for name in tabs)
    ]
    pairs = [(HISTORY_HOURLY.name, HISTORY_TEN_DAYS.name, 1.15), (OVERVIEW_HOURLY.name, OVERVIEW_TEN_DAYS.name, 1.15)]
    pairs += [(HISTORY_HOURLY.name, NAIVE_HOURLY, 0.45)] if NAIVE_HOURLY in times else []
    return results + [
        compared("As fast with ten years", name, "s", times[name], against=other, by=times[other], at_most=most)
        for name, other, most in pairs
    ]


def reload_and_leave(tab: chromium.Tab) -> Callable[[], float]:
    """A clock for `in_turn`: the tab does nothing while others are measured."""

    def reload() -> float:
        took = tab.reload()
        tab.leave()
        return took

    return reload


def _in_ever_other_ranges(tab: chromium.Tab) -> Callable[[], float]:
    """Each reload begins the range a day later, so that nothing in it has been drawn before."""
    url, begins, reloaded = tab.url, iter(range(360, 0, -1)), reload_and_leave(tab)

    def reload() -> float:
        first = datetime.now(UTC).date() - timedelta(days=next(begins))
        tab.url = f"{url}?range=own&from={first}"
        return reloaded()

    return reload


def change_range(bench: Bench) -> list[Result]:
    """A click on another range, until it is redrawn, in turn with a reload of the same page."""
    section, results = "Changing the range on History, as a part of its reload", []
    for subject, there, back in ((HISTORY, "90 days", "1 year"), (HISTORY_HOURLY, "1 year", "All")):
        tab = chromium.Tab(bench.browser, subject.url(bench.dashboard(subject.plan)))
        tab.warm_up()

        def changed(tab: chromium.Tab, to: str) -> Callable[[], float]:
            return lambda: tab.change_range(to)

        tab.change_range(there)
        tab.change_range(back)
        times: dict[str, list[float]] = defaultdict(list)
        for _ in range(bench.rounds):
            times["reload"].append(tab.reload())
            tab.page.wait_for_timeout(300)
            times[there].append(tab.change_range(there))
            times[back].append(tab.change_range(back))
        tab.close()
        results += [
            compared(
                section,
                f"{subject.name}: to {name}",
                "s",
                times[name],
                against="its reload",
                by=times["reload"],
                at_most=0.5,
            )
            for name in (there, back)
        ]
    return results


def cold(bench: Bench) -> list[Result]:
    """From `streamlit run app.py` until the charts of its first page are drawn, by a browser that knows its files."""
    folders = {
        "Overview, one year daily": bench.clone(ONE_YEAR, "cold"),
        FLOOR: servers.floor(bench.folder / "cold-floor"),
    }

    def start(folder: Path) -> float:
        with servers.starting_streamlit(folder) as server:
            servers.wait_until(f"{server.url}/_stcore/health", server)
            tab = chromium.Tab(bench.browser, server.url)
            drawn = tab.first_visit()
            tab.close()
            return drawn - server.started

    clocks: dict[str, Callable[[], float]] = {}
    for name, folder in folders.items():
        start(folder)
        clocks[name] = lambda folder=folder: start(folder)  # type: ignore[misc]
    times = bench.in_turn(clocks, rounds=max(bench.rounds // 2, 3))
    return [
        compared("Cold start", name, "s", values, against="" if name == FLOOR else FLOOR, by=times[FLOOR])
        for name, values in times.items()
    ]


def traffic(bench: Bench) -> list[Result]:
    """Bytes a first visit brings, and what they are made of."""
    section, results = "Bytes of a first visit (files as sent, messages unpacked)", []
    pages = [(FLOOR, bench.floor.url)]
    pages += [(subject.name, subject.url(bench.dashboard(subject.plan))) for subject in subjects()]
    for name, url in pages:
        seen = chromium.traffic(bench.browser, url)
        results.append(Result(section, f"{name}: files", "kB", (seen.files.total() / 1000,)))
        results.append(Result(section, f"{name}: messages", "kB", (seen.messages.total() / 1000,)))
        results += [
            Result(section, f"{name}: of them {kind}", "kB", (size / 1000,))
            for kind, size in seen.messages.most_common(4)
        ]
    return results


def scripts(bench: Bench) -> list[Result]:
    """One run of a page's script, asked for over Streamlit's own protocol by a client that draws nothing."""
    section = "Script run, server side"
    pages: dict[str, tuple[Server, Subject | None]] = {FLOOR: (bench.floor, None)}
    pages |= {subject.name: (bench.dashboard(subject.plan), subject) for subject in subjects()}
    first: dict[str, float] = {}
    results = []
    with ExitStack() as stack:
        clocks: dict[str, Callable[[], float]] = {}
        for name, (server, subject) in pages.items():
            one = stack.enter_context(protocol.session(server.url))
            page, query = (subject.page, subject.query) if subject else ("", "")
            first[name] = one.open(page, query).seconds
            clocks[name] = lambda one=one, page=page, query=query: one.open(page, query).seconds  # type: ignore[misc]
        times = bench.in_turn(clocks)
    for name, values in times.items():
        against = "" if name == FLOOR else FLOOR
        results.append(compared(section, f"{name}: again", "s", values, against=against, by=times[FLOOR]))
        results.append(Result(section, f"{name}: first in this process or session", "s", (first[name],)))
    return results


def memory(bench: Bench) -> list[Result]:
    """Resident size of a server of its own while so many sessions are open, each of which has run the page."""
    section, results = "Resident size of the server", []
    sizes: dict[str, dict[int, float]] = {}
    folders = {
        FLOOR: servers.floor(bench.folder / "memory-floor"),
        "Overview, one year daily": bench.clone(ONE_YEAR, "memory"),
    }
    for name, folder in folders.items():
        with servers.streamlit(folder) as server, ExitStack() as stack:
            opened = 0
            for wanted in SESSIONS:
                for _ in range(wanted - opened):
                    one = stack.enter_context(protocol.session(server.url))
                    one.open()
                    one.open()
                opened = wanted
                sizes.setdefault(name, {})[wanted] = servers.resident_mib(server.process)
    for name, measured in sizes.items():
        for count, size in measured.items():
            against = "" if name == FLOOR else FLOOR
            by = (sizes[FLOOR][count],)
            shown = f"{name}: {count} session{'s' if count > 1 else ''}"
            results.append(compared(section, shown, "MiB", (size,), against=against, by=by))
    return results


def command_line(bench: Bench) -> list[Result]:
    """CPU time of one snapshot against a local sandbox, and of the least that a program doing so can need."""
    story, today = DemoCompany(date(2026, 11, 24)), date(2026, 11, 24)
    with Sandbox(lambda: story.counts_on(today)) as sandbox, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "PYTHONPATH": os.fspath(PROJECT)}
        keys = sandbox.keys
        environment |= {
            "MIMECAST_NAME": "Bench",
            "MIMECAST_BASE_URL": sandbox.base_url,
            "MIMECAST_ACCESS_KEY": keys.access_key,
            "MIMECAST_SECRET_KEY": keys.secret_key,
            "MIMECAST_APP_ID": keys.app_id,
            "MIMECAST_APP_KEY": keys.app_key,
            "SNAPSHOTS_URL": f"sqlite:///{home}/snapshots.db",
        }
        url = sandbox.base_url + SAFE_SCORE_SUMMARY
        least = f"import requests, sqlalchemy; requests.post({url!r}, json={{'data': []}})"

        def cpu(*arguments: str) -> float:
            process = subprocess.Popen(
                [sys.executable, *arguments], env=environment, cwd=home, stdout=subprocess.DEVNULL
            )
            _, status, used = os.wait4(process.pid, 0)
            if status:
                raise SystemExit(f"{arguments} ended with status {status}")
            return used.ru_utime + used.ru_stime

        snapshot, floor = "python -m mimecast snapshot", "import requests, sqlalchemy, and one request"
        clocks: dict[str, Callable[[], float]] = {
            snapshot: lambda: cpu("-m", "mimecast", "snapshot"),
            floor: lambda: cpu("-c", least),
        }
        for clock in clocks.values():
            clock()
        times = bench.in_turn(clocks, rounds=2 * bench.rounds)
        heavy = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "mimecast", "snapshot"],
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            check=True,
        ).stderr
    section = "Command line, CPU time against a local sandbox"
    results = [
        compared(section, snapshot, "s", times[snapshot], against=floor, by=times[floor], at_most=1.5),
        compared(section, floor, "s", times[floor]),
    ]
    return results + [Result(section, f"of it, importing {name}", "s", (spent,)) for name, spent in dearest(heavy)]


def dearest(importtime: str, most: int = 8) -> Iterator[tuple[str, float]]:
    """From the output of `-X importtime`: the packages that took longest, in seconds, all their modules together."""
    spent: dict[str, float] = defaultdict(float)
    for line in importtime.splitlines():
        alone, _, name = line.removeprefix("import time:").partition("|")
        if alone.strip().isdecimal():
            spent[name.partition("|")[2].strip().partition(".")[0]] += int(alone) / 1e6
    yield from sorted(spent.items(), key=lambda one: -one[1])[:most]


SECTIONS: Final[dict[str, Callable[[Bench], list[Result]]]] = {
    "reload": reload,
    "range": change_range,
    "cold": cold,
    "scripts": scripts,
    "traffic": traffic,
    "memory": memory,
    "command-line": command_line,
}


@contextmanager
def benching(rounds: int, say: Callable[[str], None]) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="safe-score-bench-") as folder, ExitStack() as stack:
        yield Bench(Path(folder), rounds, stack, say)
