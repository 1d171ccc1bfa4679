"""Writes of many threads put together: whoever's turn it is to write takes along what others want to write.

Each gets its result when the transaction is committed, as if it had been alone. With many captures at a time that is a
fraction of the transactions, and threads wait in line instead of trying again and again for the database's lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from mimecast.problem import Problem

T = TypeVar("T")


class _Write:
    """`work` with its `result`, once it is committed."""

    def __init__(self, work: Callable[[Connection], Any], durable: bool) -> None:
        self.work = work
        self.durable = durable
        self.is_done = False
        self.result: Any = None


class GroupCommit:
    """The line of those who write to one database from this process.

    `transaction` opens one that writes; its argument says whether it has to be durable.
    """

    def __init__(self, transaction: Callable[[bool], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._waiting: list[_Write] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    @property
    def waiting(self) -> int:
        """The number of writes that no transaction has taken yet."""
        with self._lock:
            return len(self._waiting)

    def do(self, work: Callable[[Connection], T], *, durable: bool) -> T:
        """Do the work in a transaction, perhaps together with that of others; return what it gives when all is
        committed.

        Where the transaction fails, each is tried alone, so that nobody pays for another's fault, and `work` may run
        twice. Raises what the work raises, and StoreError.
        """
        mine = _Write(work, durable)
        with self._lock:
            self._waiting.append(mine)
        with self._turn:
            together = self._take(mine)
            if len(together) > 1:
                with suppress(Problem):
                    self._commit(together)
            if not mine.is_done:
                self._commit([mine])
        return cast("T", mine.result)

    def _take(self, mine: _Write) -> Sequence[_Write]:
        """Everything that waits, unless mine was taken along already."""
        with self._lock:
            if mine not in self._waiting:
                return []
            taken, self._waiting = self._waiting, []
            return taken

    def _commit(self, together: Sequence[_Write]) -> None:
        with self._transaction(any(write.durable for write in together)) as connection:
            for write in together:
                write.result = write.work(connection)
        for write in together:
            write.is_done = True
