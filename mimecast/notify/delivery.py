"""Delivery of messages to many receivers at once, so that a slow or dead one holds up neither the others nor the run.

Apprise limits the time of each read, but not of a whole delivery: a server that sends one byte a second could hold it
forever. Each delivery therefore runs in a daemon thread, which is abandoned at its deadline. (A ThreadPoolExecutor
would keep the process alive until its threads end.)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Final

from mimecast.domain.notifications.deliveries import Delivery, DeliveryResult, Message
from mimecast.notify.receivers import Attachment, Receiver, send

DELIVERY_SECONDS: Final = 30.0
"""The longest time that one delivery may take."""

TOTAL_SECONDS: Final = 90.0
"""The longest time that all deliveries of a run may take."""

MAX_CONCURRENT: Final = 8
"""Deliveries at a time."""


@dataclass(frozen=True, slots=True)
class Task:
    """A message to deliver to a receiver, with its stored delivery."""

    message: Message
    receiver: Receiver
    delivery: Delivery
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds, and how many deliveries run at a time."""

    delivery: float = DELIVERY_SECONDS
    total: float = TOTAL_SECONDS
    concurrent: int = MAX_CONCURRENT


DEFAULT_LIMITS: Final = Limits()


def deliver(tasks: Sequence[Task], limits: Limits = DEFAULT_LIMITS) -> list[Delivery]:
    """Deliver messages and return how each delivery ended, in the order of the tasks."""
    waiting = deque(enumerate(tasks))
    running: dict[int, float] = {}
    finished: dict[int, Delivery] = {}
    outcomes: SimpleQueue[tuple[int, str]] = SimpleQueue()
    end = time.monotonic() + limits.total
    while waiting or running:
        now = time.monotonic()
        for index in [index for index, deadline in running.items() if min(deadline, end) <= now]:
            del running[index]
            finished[index] = replace(
                tasks[index].delivery, result=DeliveryResult.TIMED_OUT, detail="no answer in time"
            )
        if now >= end:
            for index, task in waiting:
                finished[index] = replace(task.delivery, result=DeliveryResult.TIMED_OUT, detail="not reached in time")
            break
        while waiting and len(running) < limits.concurrent:
            index, task = waiting.popleft()
            running[index] = now + limits.delivery
            _start(index, task, outcomes.put)
        if not running:
            continue
        try:
            index, failure = outcomes.get(timeout=max(min(*running.values(), end) - time.monotonic(), 0.0))
        except Empty:
            continue
        if running.pop(index, None) is not None:
            result = DeliveryResult.FAILED if failure else DeliveryResult.ACCEPTED
            finished[index] = replace(tasks[index].delivery, result=result, detail=failure)
    return [finished[index] for index in range(len(tasks))]


def _start(index: int, task: Task, put: Callable[[tuple[int, str]], None]) -> None:
    """Deliver in a daemon thread. Any exception is a failure, and its text is discarded: it can contain the URL."""

    def work() -> None:
        failure = "the service's code failed"
        try:
            failure = send(task.receiver, task.message, task.attachments)
        finally:
            put((index, failure))

    threading.Thread(target=work, name=f"delivery {index}", daemon=True).start()
