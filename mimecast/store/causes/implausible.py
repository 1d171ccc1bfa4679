"""Marks of implausible snapshots in the store. The snapshots themselves are never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from mimecast.domain.causes.implausible import Implausibility, Implausible, Mark, find_implausible
from mimecast.domain.snapshot import Snapshot
from mimecast.problem import Problem
from mimecast.store.database.tables import implausible_answers, snapshots
from mimecast.store.database.transactions import upsert
from mimecast.store.snapshot_rows import from_row, to_seconds
from mimecast.store.store import Store


class MarkGone(Problem):
    """The mark no longer exists: another user has decided on the answer. Nothing was changed."""

    title = "The answer has already been judged"
    remedy = "Reload the page to see what counts now."


def mark_new_answer(store: Store, connection: Connection, snapshot: Snapshot, now: datetime) -> Implausible | None:
    """Mark a snapshot that has just been stored in the caller's transaction, if it is implausible.

    It is compared with the account's newest unmarked snapshot before it.
    """
    reference = store.newest(snapshot.account, before=snapshot.taken_at, within=connection)
    implausible = next(iter(find_implausible([snapshot], reference)), None)
    if implausible:
        insert_marks(connection, [implausible], now)
    return implausible


def insert_marks(connection: Connection, implausible: Iterable[Implausible], now: datetime) -> None:
    """Mark snapshots in the caller's transaction. One that is marked already keeps its mark."""
    rows = [
        {
            "account": each.snapshot.account,
            "taken_at": to_seconds(each.snapshot.taken_at),
            "reason": each.reason.value,
            "reference_at": to_seconds(each.reference_at),
            "reference_users": each.reference_users,
            "marked_at": to_seconds(now),
        }
        for each in implausible
    ]
    if rows:
        connection.execute(upsert(implausible_answers, connection).on_conflict_do_nothing(), rows)


def load_marks(store: Store, account: str) -> list[Mark]:
    """Return the marks of an account's snapshots, oldest first. Raises StoreError."""
    return _load(store, [account])


def _load(store: Store, accounts: Sequence[str]) -> list[Mark]:
    if not accounts or not store.has_table(implausible_answers):
        return []
    marks = implausible_answers.c
    same = and_(snapshots.c.account == marks.account, snapshots.c.taken_at == marks.taken_at)
    columns = (marks.reason, marks.reference_at, marks.reference_users, marks.marked_at, marks.judged_at)
    query = (
        select(*snapshots.c, *columns, marks.judged_by)
        .join_from(implausible_answers, snapshots, same)
        .where(marks.account.in_(accounts))
        .order_by(marks.taken_at)
    )
    with store.reading() as connection:
        return [_from_row(row) for row in connection.execute(query)]


def load_open_marks(store: Store, account: str) -> list[Mark]:
    """Return the marks on which no reader has decided, oldest first. Raises StoreError."""
    return [mark for mark in load_marks(store, account) if mark.is_open]


def load_open_marks_of(store: Store, accounts: Sequence[str]) -> dict[str, list[Mark]]:
    """Return `load_open_marks` of each account that has any. Raises StoreError."""
    marks: dict[str, list[Mark]] = {}
    for mark in _load(store, accounts):
        if mark.is_open:
            marks.setdefault(mark.snapshot.account, []).append(mark)
    return marks


def accept_answers(store: Store, marks: Sequence[Mark]) -> None:
    """Remove marks, after a reader has decided that the answers are right. Raises MarkGone, StoreError."""
    with store.writing() as connection:
        for mark in marks:
            if not connection.execute(implausible_answers.delete().where(_is_of(mark))).rowcount:
                raise MarkGone("Another user has decided in the meantime.")


def reject_answers(store: Store, marks: Sequence[Mark], *, author: str, now: datetime) -> None:
    """Keep marks, after a reader has decided that the answers are wrong. Raises MarkGone, StoreError."""
    values = {"judged_at": to_seconds(now), "judged_by": author}
    with store.writing() as connection:
        for mark in marks:
            is_open = and_(_is_of(mark), implausible_answers.c.judged_at.is_(None))
            if not connection.execute(implausible_answers.update().where(is_open).values(values)).rowcount:
                raise MarkGone("Another user has decided in the meantime.")


def _is_of(mark: Mark) -> Any:
    marks, snapshot = implausible_answers.c, mark.snapshot
    return and_(marks.account == snapshot.account, marks.taken_at == to_seconds(snapshot.taken_at))


def _from_row(row: Any) -> Mark:
    return Mark(
        Implausible(
            from_row(row),
            Implausibility(row.reason),
            datetime.fromtimestamp(row.reference_at, UTC),
            row.reference_users,
        ),
        datetime.fromtimestamp(row.marked_at, UTC),
        datetime.fromtimestamp(row.judged_at, UTC) if row.judged_at is not None else None,
        row.judged_by,
    )
