"""How long `python -m mimecast snapshot` takes for many accounts, relative to the minimum.

A sandbox in a process of its own answers each request after a fixed latency, and the command captures all accounts from
it into a fresh store. The minimum is what the requests take when `MAX_CONCURRENT` of them are always in flight and
everything else (starting Python, signing, storing) takes no time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.harness.servers import clean_environment, copy_dashboard, write_secrets
from mimecast.capture.all_accounts import MAX_CONCURRENT
from mimecast.settings.project import PROJECT
from mimecast.store.store import Store

KEYS_BY_VERSION: Final = {
    "1.0": ("base_url", "access_key", "secret_key", "app_id", "app_key"),
    "2.0": ("base_url", "client_id", "client_secret"),
}

REQUESTS_ONLY: Final = """
import sys
from concurrent.futures import ThreadPoolExecutor
from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.api.client import Client
count, max_concurrent, base_url, *keys = sys.argv[1:]
client = Client(base_url, (Api1Keys if len(keys) == 4 else Api2Keys)(*keys))
with ThreadPoolExecutor(int(max_concurrent)) as pool:
    list(pool.map(lambda _: client.safe_score_summary(), range(int(count))))
"""
"""A program that sends the same requests and does nothing else."""


@dataclass(frozen=True)
class Times:
    """Seconds of one round: the requests alone, the command, and the command's processor time."""

    requests_only: float
    command: float
    processor: float


def main() -> None:
    """Run the command line."""
    options = _parse_options()
    print(f"{MAX_CONCURRENT} concurrent requests, {options.latency:.2f} s latency, median of {options.runs} runs\n")
    print("| accounts | API | requests | minimum | requests only | command | command / minimum | processor time |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with _run_sandbox(options.latency) as sandbox, tempfile.TemporaryDirectory() as temporary:
        folder = copy_dashboard(Path(temporary) / "dashboard", "")
        _measure(folder, sandbox, "1.0", 1)  # the first run compiles Python's bytecode
        for accounts in options.accounts:
            for version in KEYS_BY_VERSION:
                times = [_measure(folder, sandbox, version, accounts) for _ in range(options.runs)]
                print(_table_row(accounts, version, options.latency, times))


def _table_row(accounts: int, version: str, latency: float, times: list[Times]) -> str:
    token_requests = 1 if version == "2.0" else 0  # all accounts have the same client, so one token serves them
    minimum = (math.ceil(accounts / MAX_CONCURRENT) + token_requests) * latency
    command = median(round_.command for round_ in times)
    cells = (
        accounts,
        version,
        accounts + token_requests,
        f"{minimum:.2f} s",
        f"{median(round_.requests_only for round_ in times):.2f} s",
        f"{command:.2f} s",
        f"{command / minimum:.2f}" if minimum else "",
        f"{median(round_.processor for round_ in times):.2f} s",
    )
    return f"| {' | '.join(map(str, cells))} |"


@contextmanager
def _run_sandbox(latency: float) -> Iterator[dict[str, Any]]:
    """Run a sandbox and yield its base URL with the keys of both API versions."""
    command = [sys.executable, "-m", "mimecast", "sandbox", "--json", "--quiet", "--port", "0"]
    command += ["--latency", str(latency)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101 - it is a pipe
            settings = json.loads(server.stdout.readline())
            yield settings | settings["api_2"]
        finally:
            server.terminate()


def _measure(folder: Path, sandbox: dict[str, Any], version: str, accounts: int) -> Times:
    """Send the requests alone, then run the command.

    Raises SystemExit if the command does not store a snapshot of every account.
    """
    keys = {key: sandbox[key] for key in KEYS_BY_VERSION[version]}
    requests_only, _ = _run(["-c", REQUESTS_ONLY, str(accounts), str(MAX_CONCURRENT), *keys.values()], folder, {})
    table = "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())
    write_secrets(folder, "\n".join(f"[mimecast.accounts.a{number:03}]\n{table}\n" for number in range(accounts)))
    with tempfile.TemporaryDirectory() as store_folder:
        url = f"sqlite:///{store_folder}/snapshots.db"
        command, processor = _run(["-m", "mimecast", "snapshot", "--quiet"], folder, {"SNAPSHOTS_URL": url})
        if len(Store.open(url).accounts()) != accounts:
            raise SystemExit("Not every account was stored.")
    return Times(requests_only, command, processor)


def _run(arguments: list[str], folder: Path, variables: dict[str, str]) -> tuple[float, float]:
    """Run Python in a copy of the dashboard, and return the elapsed and the processor time in seconds."""
    environment = clean_environment(folder) | {"PYTHONPATH": os.fspath(folder)} | variables
    usage_before, started_at = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True)
    elapsed, usage = time.monotonic() - started_at, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, usage.ru_utime + usage.ru_stime - usage_before.ru_utime - usage_before.ru_stime


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.many_accounts", description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 16, 200], metavar="N", help="default 1 16 200")
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS", help="default 0.2")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="default 3")
    return parser.parse_args()


if __name__ == "__main__":
    main()
