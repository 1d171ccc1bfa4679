"""Ends runs of the command line with SIGKILL at random moments. A program of its own, started by
`test_nothing_lost.py`: it forks each run from a process that has imported everything, so that moments are spent in the
work and not in starting Python. Every other one is killed at a random moment after it has begun to write.

Reads from stdin, as JSON: `seed`, `kills` (how many to kill), `jobs` (lists of arguments, used in turn); writes, one
JSON object a line, for each run: `arguments`, `status` (negative: the signal), and what it had `said` on stdout.
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
from mimecast.store.store import AddResult


@dataclass
class Ended:
    """`took` and `wrote` in seconds: from the beginning, and from the beginning of the write, to the end."""

    status: int
    said: str
    took: float
    wrote: float


def run(arguments: list[str], kill_after: float | None, *, of_write: bool) -> Ended:
    """One forked run, killed so many seconds after its beginning or after the beginning of its write."""
    began = time.monotonic()
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
            if of_write:
                select.select([written], [], [], 20)
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        select.select([written], [], [], 20)
        write_began = time.monotonic()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(written)
        out.seek(0)
        return Ended(status, out.read(), time.monotonic() - began, time.monotonic() - write_began)


def announce_writes(pipe: int) -> None:
    """A byte at the beginning of each transaction that writes snapshots, so that a kill can be placed within it."""
    insert = store_module.insert_snapshots

    def announced(connection: Connection, new: Iterable[Snapshot]) -> tuple[AddResult, list[tuple[str, int]]]:
        os.write(pipe, b"w")
        return insert(connection, new)

    for module in (store_module, imports_module):
        setattr(module, "insert_snapshots", announced)  # noqa: B010


def kill_many(seed: int, kills: int, jobs: list[list[str]]) -> None:
    moments = random.Random(seed)
    usual: Ended | None = None
    for number, arguments in enumerate(jobs):
        of_write = number % 2 == 1
        kill_after = moments.uniform(0, usual.wrote if of_write else usual.took) if usual else None
        ended = run(arguments, kill_after, of_write=of_write)
        if usual is None:
            usual = ended
        kills -= ended.status == -signal.SIGKILL
        print(json.dumps({"arguments": arguments, "status": ended.status, "said": ended.said}), flush=True)
        if not kills:
            return


if __name__ == "__main__":
    truststore.inject_into_ssl()
    kill_many(**json.load(sys.stdin))
