"""Reference lines in the store, at most `MAX_REFERENCE_LINES` of an account."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from mimecast.domain.causes.reference_lines import (
    MAX_REFERENCE_LINES,
    ReferenceLine,
    ReferenceLineInvalid,
    check_reference_line,
)
from mimecast.store.database.tables import reference_lines
from mimecast.store.store import Store


class ReferenceLineChanged(ReferenceLineInvalid):
    """Another user changed or deleted the reference line in the meantime. Nothing was changed."""

    remedy = "Check the current reference lines, then try again."


def load_reference_lines(store: Store, account: str) -> tuple[ReferenceLine, ...]:
    """Return the account's reference lines, lowest share first. Raises StoreError."""
    if not store.has_table(reference_lines):
        return ()
    lines = reference_lines.c
    query = select(reference_lines).where(lines.account == account).order_by(lines.share, lines.label, lines.id)
    with store.reading() as connection:
        return tuple(_from_row(row) for row in connection.execute(query))


def add_reference_line(
    store: Store,
    account: str,
    share: float | None,
    label: str,
    source: str,
    *,
    last_day: date | None = None,
    author: str,
    now: datetime,
) -> ReferenceLine:
    """Add a reference line. Raises ReferenceLineInvalid, also for one too many, and StoreError."""
    share, label, source = check_reference_line(share, label, source)
    written_at = now.astimezone(UTC).replace(microsecond=0)
    line = ReferenceLine(secrets.randbits(53), account, share, label, source, last_day, author, written_at)
    count = select(func.count()).select_from(reference_lines).where(reference_lines.c.account == account)
    with store.writing() as connection:
        if connection.execute(count).scalar_one() >= MAX_REFERENCE_LINES:
            raise ReferenceLineInvalid(
                f"There are {MAX_REFERENCE_LINES} reference lines already.", remedy="Delete one of them first."
            )
        connection.execute(reference_lines.insert().values(_to_row(line)))
    return line


def replace_reference_line(store: Store, old: ReferenceLine, new: ReferenceLine) -> ReferenceLine:
    """Replace a reference line as the writer saw it by `new`, which has its id and account.

    Raises ReferenceLineInvalid, ReferenceLineChanged, StoreError.
    """
    check_reference_line(new.share, new.label, new.source)
    with store.writing() as connection:
        if not connection.execute(reference_lines.update().where(_equals(old)).values(_to_row(new))).rowcount:
            raise ReferenceLineChanged("Another user has changed this reference line in the meantime.")
    return new


def delete_reference_line(store: Store, old: ReferenceLine) -> None:
    """Delete a reference line as the writer saw it. Raises ReferenceLineChanged, StoreError."""
    with store.writing() as connection:
        if not connection.execute(reference_lines.delete().where(_equals(old))).rowcount:
            raise ReferenceLineChanged("Another user has changed this reference line in the meantime.")


def _equals(line: ReferenceLine) -> ColumnElement[bool]:
    keys = {"id": line.id, "written_at": int(line.written_at.timestamp()), "author": line.author}
    keys |= {"label": line.label, "source": line.source}
    return and_(*(reference_lines.c[name] == value for name, value in keys.items()))


def _to_row(line: ReferenceLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "account": line.account,
        "share": line.share,
        "label": line.label,
        "source": line.source,
        "last_day": line.last_day,
        "author": line.author,
        "written_at": int(line.written_at.timestamp()),
    }


def _from_row(row: Row[Any]) -> ReferenceLine:
    written_at = datetime.fromtimestamp(row.written_at, UTC)
    return ReferenceLine(row.id, row.account, row.share, row.label, row.source, row.last_day, row.author, written_at)
