"""Program that ends runs of the command line with SIGKILL at random moments, for `test_nothing_lost.py`.

It forks each run from a process that has already imported everything, so that the moments fall into the work and not
into the start of Python. Every second run is killed at a random moment after it has begun to write.

It reads a JSON object from stdin: `seed`, `kills` (how many runs to kill) and `jobs` (lists of arguments, used in
turn). For each run it writes a line of JSON with `arguments`, `status` (negative: the signal) and `stdout`.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass

import truststore
from sqlalchemy import Connection

from mimecast.__main__ import main
from mimecast.domain.snapshot import Snapshot
from mimecast.store import imports as imports_module
from mimecast.store import store as store_module
from mimecast.store.snapshot_rows import AddResult, insert_snapshots

WRITE_TIMEOUT_SECONDS = 20


@dataclass
class FinishedRun:
    """How a run ended: its exit status and output, and how long the run and its write took in seconds."""

    status: int
    stdout: str
    run_seconds: float
    write_seconds: float


def run(arguments: list[str], kill_after: float | None, *, is_from_write: bool) -> FinishedRun:
    """Fork a run and wait for its end.

    It is killed after `kill_after` seconds, counted from its start or from the start of its write; never for None.
    """
    started = time.monotonic()
    written, writes = os.pipe()
    with tempfile.TemporaryFile("w+") as out:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            announce_writes(writes)
            status = main(arguments)
            sys.stdout.flush()
            os._exit(status)
        os.close(writes)
        if kill_after is not None:
            if is_from_write:
                select.select([written], [], [], WRITE_TIMEOUT_SECONDS)
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        select.select([written], [], [], WRITE_TIMEOUT_SECONDS)
        write_started = time.monotonic()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        ended = time.monotonic()
        os.close(written)
        out.seek(0)
        return FinishedRun(status, out.read(), ended - started, ended - write_started)


def announce_writes(pipe: int) -> None:
    """Write a byte to a pipe at the start of each transaction that writes snapshots, so that a kill can hit it."""

    def announced_insert(connection: Connection, new: Iterable[Snapshot]) -> tuple[AddResult, list[tuple[str, int]]]:
        os.write(pipe, b"w")
        return insert_snapshots(connection, new)

    for module in (store_module, imports_module):
        setattr(module, "insert_snapshots", announced_insert)  # noqa: B010


def kill_many(seed: int, kills: int, jobs: list[list[str]]) -> None:
    """Run the jobs until enough of them were killed, and print how each run ended.

    The first run is not killed: it shows how long a run takes.
    """
    randomness = random.Random(seed)
    typical: FinishedRun | None = None
    for number, arguments in enumerate(jobs):
        is_from_write = number % 2 == 1
        kill_after = None
        if typical:
            kill_after = randomness.uniform(0, typical.write_seconds if is_from_write else typical.run_seconds)
        finished = run(arguments, kill_after, is_from_write=is_from_write)
        if typical is None:
            typical = finished
        kills -= finished.status == -signal.SIGKILL
        print(json.dumps({"arguments": arguments, "status": finished.status, "stdout": finished.stdout}), flush=True)
        if not kills:
            return


if __name__ == "__main__":
    truststore.inject_into_ssl()
    kill_many(**json.load(sys.stdin))
