"""What a client that has not signed in costs the server, and the users who have.

`python -m bench.anonymous_client` takes about two minutes. A hostile client opens sessions, runs the sign-in page as
fast as it may, uploads files and sends large messages, while a signed-in user opens pages. It prints the growth of the
server's memory and how much longer the user's pages take, and exits with status 1 when either misses its target.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

import requests
from itsdangerous import URLSafeTimedSerializer

from bench.harness.machine import describe_machine
from bench.harness.servers import Server, copy_dashboard, run_streamlit, secrets_for
from bench.harness.stores import StorePlan, make_store
from bench.harness.streamlit_client import CLIENT_ERRORS, USER_COOKIE, ScriptError, open_session

PLAN: Final = StorePlan("anonymous", 730, timedelta(days=1))
COOKIE_SECRET: Final = "x" * 40
EMAIL: Final = "ada@contoso.com"

SESSIONS: Final = 40
UPLOADS: Final = 40
UPLOAD_BYTES: Final = 5 * 1024 * 1024
MESSAGE_BYTES: Final = 2 * 1024 * 1024 - 1024
ROUNDS: Final = 40
"""Pages that the signed-in user opens before, and while, the hostile client is there."""

MAX_GROWTH_MIB: Final = 50.0
MAX_RATIO: Final = 1.2


def main() -> int:
    """Run the measurement and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="safe-score-anonymous-") as temporary:
        folder = Path(temporary)
        store_url = make_store(PLAN, folder, datetime.now(UTC))
        dashboard = copy_dashboard(folder / "dashboard", _secrets(store_url))
        with run_streamlit(dashboard) as server:
            _page_seconds(server)  # the first visits fill caches
            alone, resident_mib = _page_seconds(server), server.resident_mib
            peaks = [resident_mib]
            with _hostile_client(server, peaks):
                disturbed = _page_seconds(server)
    growth, ratio = max(peaks) - resident_mib, median(disturbed) / median(alone)
    print(describe_machine())
    print(
        f"Memory: {resident_mib:.0f} MiB, {growth:+.0f} MiB with the client; at most +{MAX_GROWTH_MIB:.0f} MiB may be."
    )
    print(
        f"Median page of a signed-in user: {1000 * median(alone):.0f} ms alone, {1000 * median(disturbed):.0f} ms with "
        f"the client: {ratio:.2f} times; at most {MAX_RATIO} may be."
    )
    return 0 if growth <= MAX_GROWTH_MIB and ratio <= MAX_RATIO else 1


def _secrets(store_url: str) -> str:
    auth = f"""[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "a"
client_secret = "b"
server_metadata_url = "https://login.invalid/.well-known/openid-configuration"
"""
    allowed = f'allowed_emails = ["{EMAIL}"]\n'
    return auth + secrets_for(PLAN, store_url, refresh_after="7d").replace("[dashboard]\n", f"[dashboard]\n{allowed}")


def _page_seconds(server: Server) -> list[float]:
    """Return how long pages take, each opened in turn by a signed-in user."""
    identity = {"email": EMAIL, "email_verified": True, "iat": time.time()}
    text = json.dumps({"origin": server.url, "is_logged_in": True, **identity})
    cookie = str(URLSafeTimedSerializer(COOKIE_SECRET, salt=USER_COOKIE).dumps(text))
    with open_session(server.url, cookie) as session:
        return [session.open(page).seconds for _ in range(ROUNDS // 2) for page in ("", "history")]


@contextmanager
def _hostile_client(server: Server, peaks: list[float]) -> Iterator[None]:
    """Keep a client busy, and add the server's memory to `peaks` every tenth of a second."""
    is_over = threading.Event()
    threads = [threading.Thread(target=_run_pages, args=(server, is_over), daemon=True) for _ in range(SESSIONS)]
    threads += [
        threading.Thread(target=_upload, args=(server, is_over), daemon=True),
        threading.Thread(target=_watch, args=(server, is_over, peaks), daemon=True),
    ]
    for thread in threads:
        thread.start()
    time.sleep(3)  # until all of them are connected
    with ExitStack() as stack:
        stack.callback(is_over.set)
        yield
    for thread in threads:
        thread.join(20)


def _run_pages(server: Server, is_over: threading.Event) -> None:
    """Run the sign-in page, and send a large message, again and again."""
    while not is_over.is_set():
        with suppress(*CLIENT_ERRORS, ScriptError), open_session(server.url) as session:
            for _ in range(30):
                session.open()
                if is_over.is_set():
                    return
            session.send_bytes(b"x" * MESSAGE_BYTES)
        time.sleep(0.1)


def _upload(server: Server, is_over: threading.Event) -> None:
    """Upload files to the session that the server has just made for this client."""
    client = requests.Session()
    xsrf = client.get(f"{server.url}/_stcore/health", timeout=60).cookies["_streamlit_xsrf"]
    for number in range(UPLOADS):
        if is_over.is_set():
            return
        with suppress(OSError):
            client.put(
                f"{server.url}/_stcore/upload_file/session/{number}",
                headers={"X-Xsrftoken": xsrf},
                files={"file": ("x.csv", b"x" * UPLOAD_BYTES, "text/csv")},
                timeout=60,
            )


def _watch(server: Server, is_over: threading.Event, peaks: list[float]) -> None:
    while not is_over.wait(0.1):
        peaks.append(server.resident_mib)


if __name__ == "__main__":
    sys.exit(main())
