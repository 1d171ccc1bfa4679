"""Measure lists of 50,000 users: memory of a capture, size of five years, time to write one and to read movement.

python -m bench.people [--users 50000] [--days 1826] [--changing 0.01]
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mimecast.domain.people.users import ListedUser, PeopleTally, key_fingerprint, pseudonym_of, tally_users
from mimecast.domain.scores import GRADES
from mimecast.domain.snapshot import Source
from mimecast.store.people.read import load_captures, load_movement, load_time_at_risk
from mimecast.store.people.write import PeopleList, save_people
from mimecast.store.store import Store

KEY = b"key of the benchmark's pseudonyms"
FIRST = datetime(2021, 11, 24, 3, tzinfo=UTC)
KEEP_ALL = timedelta(days=36500)


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=1826)
    parser.add_argument("--changing", type=float, default=0.01, help="fraction of the users whose grade changes daily")
    options = parser.parse_args()
    rng = random.Random(1)
    grades = [rng.choice(GRADES) for _ in range(options.users)]
    before = _peak_mib()
    tally = tally_users(_listed(grades), lambda address: pseudonym_of(KEY, address))
    print(f"memory of a list of {options.users:,} users: {_peak_mib() - before:.0f} MiB")
    pseudonyms = list(tally.grades())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "snapshots.db"
        store = Store.open(f"sqlite:///{file}")
        longest = 0.0
        for day in range(options.days):
            for user in rng.sample(range(options.users), int(options.users * options.changing) if day else 0):
                grades[user] = rng.choice([grade for grade in GRADES if grade != grades[user]])
            people = _people(tally, dict(zip(pseudonyms, grades, strict=True)), day)
            began = time.perf_counter()
            save_people(store, people, min_group_size=10, retention=KEEP_ALL, fingerprint=key_fingerprint(KEY))
            if day:
                longest = max(longest, time.perf_counter() - began)
        print(f"writing one capture: at most {longest:.2f} s")
        print(f"size of {options.days:,} days: {file.stat().st_size / 1e6:.0f} MB")
        _measure_reading(store, rng)


def _measure_reading(store: Store, rng: random.Random) -> None:
    instants = [capture.taken_at for capture in load_captures(store, "bench")]
    pairs = [(instants[0], instants[-1]), (instants[len(instants) // 2], instants[-1])]
    pairs += [sorted(rng.sample(instants, 2)) for _ in range(8)]  # type: ignore[misc]
    slowest = 0.0
    for then, now in pairs:
        began = time.perf_counter()
        load_movement(store, "bench", then, now)
        slowest = max(slowest, time.perf_counter() - began)
    print(f"movement between two days: at most {slowest:.2f} s")
    began = time.perf_counter()
    load_time_at_risk(store, "bench")
    print(f"time at risk: {time.perf_counter() - began:.2f} s")


def _listed(grades: list[str]) -> Iterator[ListedUser]:
    for number, grade in enumerate(grades):
        yield ListedUser(
            f"user{number}@contoso.example", f"User {number}", f"Department {number % 80}", grade, (grade, "A", "B", "")
        )


def _people(tally: PeopleTally, grades: dict[bytes, str], day: int) -> PeopleList:
    return PeopleList(
        "bench",
        FIRST + timedelta(days=day),
        tally.departments() if day % 7 == 0 else {},
        tally.components(),
        len(grades),
        len(grades),
        len(grades),
        grades,
        Source.MIMECAST,
    )


def _peak_mib() -> float:
    """Return the largest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main()
