"""Workspace of a benchmark run: generated stores and running servers, created when first used."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from bench.harness.chromium import launch_chromium
from bench.harness.servers import Server, copy_dashboard, copy_floor, run_naive_page, run_streamlit, secrets_for
from bench.harness.stores import SEED, StorePlan, make_store

FLOOR: Final = "the floor"

Timer = Callable[[], float]
"""Measures once and returns seconds."""


class Workspace:
    """Temporary folder, browser, stores and servers that the measurements of one benchmark run share."""

    def __init__(self, folder: Path, stack: ExitStack, *, rounds: int, log: Callable[[str], None]) -> None:
        """Use an empty folder. `stack` ends what is started, and `log` receives the progress."""
        self.folder, self.rounds, self.log = folder, rounds, log
        self._stack = stack
        self._stores: dict[StorePlan, str] = {}
        self._dashboards: dict[StorePlan, Server] = {}
        self._random = random.Random(SEED)

    @cached_property
    def browser(self) -> Browser:
        """Return the browser that every page is opened in."""
        return self._stack.enter_context(launch_chromium())

    @cached_property
    def floor(self) -> Server:
        """Return the server of the floor's page."""
        return self._stack.enter_context(run_streamlit(copy_floor(self.folder / "floor")))

    def store(self, plan: StorePlan) -> str:
        """Return the URL of a generated store."""
        if plan not in self._stores:
            self.log(f"generating the store: {plan.name}")
            self._stores[plan] = make_store(plan, self.folder, datetime.now(UTC))
        return self._stores[plan]

    def dashboard(self, plan: StorePlan) -> Server:
        """Return the server of the dashboard over a generated store."""
        if plan not in self._dashboards:
            folder = self.copy_dashboard(plan, f"dashboard-{len(self._dashboards)}")
            self._dashboards[plan] = self._stack.enter_context(run_streamlit(folder))
        return self._dashboards[plan]

    def copy_dashboard(self, plan: StorePlan, name: str) -> Path:
        """Copy the dashboard into a folder with this name, set up for a generated store, and return the folder."""
        return copy_dashboard(self.folder / name, secrets_for(plan, self.store(plan)))

    def naive_page(self, plan: StorePlan) -> Server:
        """Return a new server of the naive page over a generated store."""
        folder = self.folder / f"naive-{plan.name.replace(' ', '-')}"
        return self._stack.enter_context(run_naive_page(self.store(plan), folder))

    def measure_in_turn(self, timers: Mapping[str, Timer], rounds: int | None = None) -> dict[str, list[float]]:
        """Return the seconds that each timer measures, one value per round.

        The order changes from round to round, so that a disturbance of the machine affects all of them alike.
        """
        seconds: dict[str, list[float]] = defaultdict(list)
        rounds = rounds or self.rounds
        for number in range(1, rounds + 1):
            for name in self._random.sample(list(timers), len(timers)):
                seconds[name].append(timers[name]())
            self.log(f"round {number} of {rounds}")
        return {name: seconds[name] for name in timers}


@contextmanager
def open_workspace(*, rounds: int, log: Callable[[str], None]) -> Iterator[Workspace]:
    """Create a workspace in a temporary folder; stop its servers and delete the folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="safe-score-bench-") as folder, ExitStack() as stack:
        yield Workspace(Path(folder), stack, rounds=rounds, log=log)
