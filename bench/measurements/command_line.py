"""What a scheduled capture costs: processor time of `python -m mimecast snapshot` against a local sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from bench.harness.results import Result, compare
from bench.harness.servers import clean_environment, copy_dashboard
from bench.harness.workspace import Timer, Workspace
from mimecast.api.client import SAFE_SCORE_SUMMARY
from mimecast.domain.scores import ScoreCounts
from mimecast.sandbox.server import Sandbox

SECTION: Final = "Command line, processor time"
SNAPSHOT: Final = "python -m mimecast snapshot"
WITH_NOTIFY: Final = f"{SNAPSHOT}, with notifications and nothing to send"
MINIMAL: Final = "importing requests and sqlalchemy and sending one request"
MAX_RATIO: Final = 1.4

NOTIFY: Final = '[notify]\nurls = ["json://127.0.0.1:9/alerts"]\n'
"""A receiver where nothing listens. The numbers do not change, so nothing is sent to it."""

COUNTS: Final = ScoreCounts(522, 301, 214, 98, 68)


def measure_command_line(workspace: Workspace) -> list[Result]:
    """Measure one snapshot, in turn with a program that only imports the same libraries and sends one request."""
    folder = copy_dashboard(workspace.folder / "command-line", "")
    notifying = copy_dashboard(workspace.folder / "command-line-notify", NOTIFY)
    with Sandbox(lambda: COUNTS) as sandbox:
        environment = _environment(folder, sandbox)
        url = sandbox.base_url + SAFE_SCORE_SUMMARY
        minimal = f"import requests, sqlalchemy; requests.post({url!r}, json={{'data': []}})"
        timers: dict[str, Timer] = {
            SNAPSHOT: partial(_processor_time, ["-m", "mimecast", "snapshot"], folder, environment),
            WITH_NOTIFY: partial(
                _processor_time, ["-m", "mimecast", "snapshot"], notifying, _environment(notifying, sandbox)
            ),
            MINIMAL: partial(_processor_time, ["-c", minimal], folder, environment),
        }
        for timer in timers.values():
            timer()
        seconds = workspace.measure_in_turn(timers, rounds=2 * workspace.rounds)
        import_times = _import_times(folder, environment)
    results = [
        compare(
            SECTION,
            name,
            "s",
            values,
            reference=MINIMAL,
            reference_values=seconds[MINIMAL],
            max_ratio=MAX_RATIO,
        )
        for name, values in seconds.items()
    ]
    for package, spent in slowest_imports(import_times):
        results.append(Result(SECTION, f"of the snapshot, importing {package}", "s", (spent,), detail=True))
    return results


def _environment(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """Return the environment of a command in this folder, which has a store of its own."""
    own = {"PYTHONPATH": os.fspath(folder), "SNAPSHOTS_URL": f"sqlite:///{folder}/snapshots.db"}
    return clean_environment(folder) | _account_variables(sandbox) | own


def _account_variables(sandbox: Sandbox) -> dict[str, str]:
    return {
        "MIMECAST_NAME": "Bench",
        "MIMECAST_BASE_URL": sandbox.base_url,
        "MIMECAST_ACCESS_KEY": sandbox.keys.access_key,
        "MIMECAST_SECRET_KEY": sandbox.keys.secret_key,
        "MIMECAST_APP_ID": sandbox.keys.app_id,
        "MIMECAST_APP_KEY": sandbox.keys.app_key,
    }


def _processor_time(arguments: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Run Python with these arguments and return its user and system time in seconds."""
    process = subprocess.Popen([sys.executable, *arguments], env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"python {' '.join(arguments)} ended with status {os.waitstatus_to_exitcode(status)}.")
    return usage.ru_utime + usage.ru_stime


def _import_times(folder: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-X", "importtime", "-m", "mimecast", "snapshot"]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stderr


def slowest_imports(importtime: str, max_packages: int = 8) -> Iterator[tuple[str, float]]:
    """Yield the packages that took longest to import, with the seconds of all their modules together.

    Args:
        importtime: What `python -X importtime` writes to stderr.
        max_packages: How many packages to yield.
    """
    spent: dict[str, float] = defaultdict(float)
    for line in importtime.splitlines():
        microseconds, _, rest = line.removeprefix("import time:").partition("|")
        if microseconds.strip().isdecimal():
            package = rest.partition("|")[2].strip().partition(".")[0]
            spent[package] += int(microseconds) / 1e6
    yield from sorted(spent.items(), key=lambda item: -item[1])[:max_packages]
