"""Group commit: batches the concurrent writes of several threads into one transaction.

Each write gets its result when the transaction is committed. With many captures at a time this saves most of the
transactions, and threads queue for a lock instead of polling for the database's.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from mimecast.problem import Problem

T = TypeVar("T")


class _Write:
    """Work to do in a transaction, and its result once that is committed."""

    def __init__(self, work: Callable[[Connection], Any], durable: bool) -> None:
        self.work = work
        self.durable = durable
        self.is_committed = False
        self.result: Any = None


class GroupCommit:
    """The writes of this process to one database."""

    def __init__(self, transaction: Callable[[bool], AbstractContextManager[Connection]]) -> None:
        """Commit in transactions that `transaction` opens; its argument says whether they have to be durable."""
        self._transaction = transaction
        self._waiting: deque[_Write] = deque()
        self._turn = threading.Lock()

    @property
    def waiting(self) -> int:
        """The number of writes that no transaction has taken yet."""
        return len(self._waiting)

    def submit(self, work: Callable[[Connection], T], *, durable: bool) -> T:
        """Do the work in a transaction, perhaps with that of other threads; return its result after the commit.

        If a shared transaction fails, each write is repeated alone, so that no thread gets the error of another.
        `work` may therefore run twice. Raises what the work raises, and StoreError.
        """
        write = _Write(work, durable)
        self._waiting.append(write)
        with self._turn:
            if not write.is_committed:
                group = [self._waiting.popleft() for _ in range(len(self._waiting))]
                if len(group) > 1:
                    with suppress(Problem):
                        self._commit(group)
            if not write.is_committed:
                self._commit([write])
        return cast("T", write.result)

    def _commit(self, writes: Sequence[_Write]) -> None:
        with self._transaction(any(write.durable for write in writes)) as connection:
            for write in writes:
                write.result = write.work(connection)
        for write in writes:
            write.is_committed = True
