"""The heartbeat: a request to an uptime monitor, which raises an alarm when the next one does not come."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import Final

import requests

from mimecast.notify.hidden_request_paths import hide_request_paths
from mimecast.problem import Problem

HEARTBEAT_SECONDS: Final = 15.0
"""The longest time that a heartbeat may take. Nothing else waits for it."""


class HeartbeatFailed(Problem):
    """The uptime monitor did not accept the heartbeat. It may raise an alarm although the capture succeeded."""

    title = "The heartbeat failed"
    remedy = "Check heartbeat_url in [notify] and whether the monitor can be reached from this computer."


def send_heartbeat(url: str, seconds: float = HEARTBEAT_SECONDS) -> HeartbeatFailed | None:
    """Request an uptime monitor's address, and return why that failed. No message contains the address: it is secret.

    The request runs in a daemon thread, since `requests` limits the time of each read, but not of all together.
    """
    hide_request_paths()
    outcomes: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_request, args=(url, seconds, outcomes), name="heartbeat", daemon=True).start()
    try:
        failure = outcomes.get(timeout=seconds)
    except Empty:
        failure = f"it did not answer within {seconds:g} seconds"
    return HeartbeatFailed(f"The uptime monitor did not accept the heartbeat: {failure}.") if failure else None


def _request(url: str, seconds: float, outcomes: SimpleQueue[str]) -> None:
    failure = "the request failed"
    try:
        with requests.get(url, timeout=seconds, stream=True) as response:
            failure = "" if response.ok else f"HTTP {response.status_code}"
    except requests.Timeout:
        failure = f"it did not answer within {seconds:g} seconds"
    except requests.ConnectionError:
        failure = "it cannot be reached"
    except (requests.RequestException, ValueError):
        failure = "its address cannot be requested"
    finally:
        outcomes.put(failure)
