"""How long `snapshot` takes for many accounts, against the least it could take: `python -m bench.many_accounts`.

A sandbox in a process of its own answers each request so much later; `python -m mimecast snapshot` captures all
accounts from it into a fresh store. The least is what that many requests take when `AT_ONCE` are always under way and
nothing else takes any time: neither Python's start, nor signing, nor storing.
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
from pathlib import Path
from statistics import median
from typing import Any, Final

from mimecast.capture.all_accounts import MAX_CONCURRENT
from mimecast.settings.project import PROJECT
from mimecast.store.store import Store

API1: Final = ("base_url", "access_key", "secret_key", "app_id", "app_key")
API2: Final = ("base_url", "client_id", "client_secret")


def main() -> None:
    options = _options()
    print(f"{MAX_CONCURRENT} at once, {options.latency:.2f} s latency, median of {options.runs} runs\n")
    print("| accounts | API | requests | least | asking alone | took | took / least | CPU time |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with _sandbox(options.latency) as sandbox:
        for count in options.accounts:
            for name, keys in (("1.0", API1), ("2.0", API2)):
                runs = [(_ask(sandbox, keys, count), *_run(sandbox, keys, count)) for _ in range(options.runs)]
                alone, took, cpu = zip(*runs, strict=True)
                requests = count if keys is API1 else count + 1  # one client, so one token
                least = math.ceil(count / MAX_CONCURRENT) * options.latency + (requests - count) * options.latency
                middle = median(took)
                print(
                    f"| {count} | {name} | {requests} | {least:.2f} s | {median(alone):.2f} s | {middle:.2f} s "
                    f"| {middle / least:.2f} | {median(cpu):.2f} s |"
                )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How long snapshot takes for many accounts.")
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 16, 200], metavar="N")
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    return parser.parse_args()


@contextmanager
def _sandbox(latency: float) -> Iterator[dict[str, Any]]:
    """What its secrets are, with those of API 2.0 beside those of API 1.0."""
    command = [sys.executable, "-m", "mimecast", "sandbox", "--json", "--quiet", "--port", "0"]
    with subprocess.Popen(
        [*command, "--latency", str(latency)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None  # noqa: S101 - it is a pipe
            settings = json.loads(server.stdout.readline())
            yield settings | settings["api_2"]
        finally:
            server.terminate()


ASKING: Final = """
import sys
from concurrent.futures import ThreadPoolExecutor
from mimecast.api.auth import Api1Keys, Api2Keys
from mimecast.api.client import Client
count, at_once, base_url, *keys = sys.argv[1:]
client = Client(base_url, (Api1Keys if len(keys) == 4 else Api2Keys)(*keys))
with ThreadPoolExecutor(int(at_once)) as pool:
    list(pool.map(lambda _: client.safe_score_summary(), range(int(count))))
"""


def _ask(sandbox: dict[str, Any], keys: tuple[str, ...], count: int) -> float:
    """Seconds that the requests take alone."""
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", ASKING, str(count), str(MAX_CONCURRENT), *(sandbox[key] for key in keys)],
        cwd=PROJECT,
        check=True,
    )
    return time.monotonic() - began


def _run(sandbox: dict[str, Any], keys: tuple[str, ...], count: int) -> tuple[float, float]:
    """Seconds that one run takes, and its CPU time; every account must have been stored."""
    with tempfile.TemporaryDirectory() as folder:
        secrets = Path(folder) / ".streamlit" / "secrets.toml"
        secrets.parent.mkdir()
        table = "\n".join(f"{key} = {json.dumps(sandbox[key])}" for key in keys)
        secrets.write_text("\n".join(f"[mimecast.accounts.a{number:03}]\n{table}\n" for number in range(count)))
        secrets.chmod(0o600)
        url = f"sqlite:///{folder}/snapshots.db"
        environment = {**os.environ, "HOME": folder, "PYTHONPATH": str(PROJECT), "SNAPSHOTS_URL": url}
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "mimecast", "snapshot", "--quiet"], cwd=folder, env=environment, check=True
        )
        took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        if len(Store.open(url).accounts()) != count:
            raise SystemExit("Not every account was stored.")
        return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
