"""Measure lists of 50,000 users: memory of a capture, size of five years, time to write one and to read movement.

python -m bench.people [--users 50000] [--days 1826] [--changing 0.01]

Times are wall time and, in brackets, the time of the processor, which tells a busy machine from slow code.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from bench.harness.people import KEY
from mimecast.capture.one_account import capture
from mimecast.capture.people import add_people
from mimecast.domain.people.users import ListedUser, PeopleTally, key_fingerprint, pseudonym_of, tally_users
from mimecast.domain.scores import GRADES, ScoreCounts
from mimecast.domain.snapshot import Source
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.settings.people import PeopleLevel
from mimecast.store.people.read import load_captures, load_movement, load_time_at_risk
from mimecast.store.people.write import PeopleList, save_people
from mimecast.store.store import Store

FIRST: Final = datetime(2021, 11, 24, 3, tzinfo=UTC)
KEEP_ALL: Final = timedelta(days=36500)


class Slowest:
    """The longest wall time, and the longest processor time, of what was measured."""

    def __init__(self) -> None:
        """Nothing is measured yet."""
        self._wall = self._cpu = 0.0

    def measure(self, work: Callable[[], object]) -> None:
        """Measure a call."""
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self._wall = max(self._wall, time.perf_counter() - wall)
        self._cpu = max(self._cpu, time.process_time() - cpu)

    def __str__(self) -> str:
        return f"{self._wall:.2f} s ({self._cpu:.2f} s)"


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=1826)
    parser.add_argument("--changing", type=float, default=0.01, help="fraction of the users whose grade changes daily")
    options = parser.parse_args()
    rng = random.Random(1)
    grades = [rng.choice(GRADES) for _ in range(options.users)]
    plain, listed = _capture_peaks(options.users)
    print(f"memory of a capture with {options.users:,} users: {listed - plain:.0f} MiB above {plain:.0f} MiB without")
    tally = tally_users(_listed(grades), lambda address: pseudonym_of(KEY, address))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "snapshots.db"
        store = Store.open(f"sqlite:///{file}")
        _fill(store, tally, grades, options.days, int(options.users * options.changing), rng)
        print(f"size of {options.days:,} days: {file.stat().st_size / 1e6:.0f} MB", flush=True)
        _measure_reading(store, rng)


def _fill(store: Store, tally: PeopleTally, grades: list[str], days: int, changing: int, rng: random.Random) -> None:
    """Store one list a day, and print how long the first and the slowest other one took."""
    pseudonyms, departments, components = list(tally.grades()), tally.departments(), tally.components()
    first, others = Slowest(), Slowest()
    for day in range(days):
        for user in rng.sample(range(len(grades)), changing if day else 0):
            grades[user] = rng.choice([grade for grade in GRADES if grade != grades[user]])
        people = PeopleList(
            "bench",
            FIRST + timedelta(days=day),
            departments,
            components,
            len(grades),
            len(grades),
            len(grades),
            dict(zip(pseudonyms, grades, strict=True)),
            Source.MIMECAST,
        )
        (others if day else first).measure(lambda people=people: _save(store, people))  # type: ignore[misc]
    print(f"writing the first list: {first}")
    print(f"writing one capture: at most {others}")


def _save(store: Store, people: PeopleList) -> None:
    save_people(store, people, min_group_size=10, retention=KEEP_ALL, fingerprint=key_fingerprint(KEY))


def _measure_reading(store: Store, rng: random.Random) -> None:
    instants = [capture.taken_at for capture in load_captures(store, "bench")]
    pairs = [(instants[0], instants[-1]), (instants[len(instants) // 2], instants[-1])]
    pairs += [sorted(rng.sample(instants, 2)) for _ in range(8)]  # type: ignore[misc]
    movement, at_risk = Slowest(), Slowest()
    for then, now in pairs:
        movement.measure(lambda then=then, now=now: load_movement(store, "bench", then, now))  # type: ignore[misc]
    print(f"movement between two days: at most {movement}")
    at_risk.measure(lambda: load_time_at_risk(store, "bench"))
    print(f"time at risk: {at_risk}")


def _listed(grades: list[str]) -> Iterator[ListedUser]:
    for number, grade in enumerate(grades):
        yield ListedUser(
            f"user{number}@contoso.example", f"User {number}", f"Department {number % 80}", grade, (grade, "A", "B", "")
        )


def _capture_peaks(users: int) -> tuple[float, float]:
    """Return the peak memory (MiB) of a capture without and with the list of users, from a server over HTTP.

    Server and captures have a process each.
    """
    context = get_context("spawn")
    results, answers = context.Pipe()
    server = context.Process(target=_serve, args=(answers, users))
    server.start()
    account = Account("default", "Contoso", *results.recv())
    peaks = []
    for level in (PeopleLevel.OFF, PeopleLevel.MOVEMENT):
        process = context.Process(target=_capture, args=(answers, account, level))
        process.start()
        peaks.append(results.recv())
        process.join()
    results.send("end")
    server.join()
    return peaks[0], peaks[1]


def _serve(pipe: Connection, users: int) -> None:
    rows = list(_listed(["B"] * users))
    with Sandbox(lambda: ScoreCounts(b=users)) as sandbox:
        sandbox.users = lambda: rows
        pipe.send((sandbox.base_url, sandbox.keys))
        pipe.recv()


def _capture(pipe: Connection, account: Account, level: PeopleLevel) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/snapshots.db")
        captured = capture(account, store)
        result = add_people(captured, account, store, DashboardSettings(people=level, pseudonym_key=KEY))
        if result.people_problem:
            raise result.people_problem
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


if __name__ == "__main__":
    main()
