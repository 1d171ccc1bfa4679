"""Moves everything stored under an account's id to another id."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from mimecast.formatting import pluralize
from mimecast.problem import Problem
from mimecast.store.database.migrations import refuse_unknown_additions
from mimecast.store.database.tables import data_tables, people_captures, snapshots
from mimecast.store.store import Store


class RenameRejected(Problem):
    """Nothing is stored under the old id, or both ids have data for the same instants. Nothing was changed."""

    title = "The account cannot be renamed"


def rename_account(store: Store, old: str, new: str) -> dict[str, int]:
    """Move everything stored under the id `old` to the id `new` in one transaction; return the rows moved by table.

    This includes every table with a column `account`. Both ids may have rows, but not with the same key, for example
    two snapshots of one instant. In a table with a single row for each account, its current state, the row of `new`
    is kept. Raises RenameRejected, StoreError.
    """
    with store.writing(long=True) as connection:
        refuse_unknown_additions(connection, store.name)
        _require_separate_people(connection, old, new)
        moved = {}
        for table in data_tables():
            if "account" not in table.c:
                continue
            if clashes := _count_clashes(connection, table, old, new):
                if [key.name for key in table.primary_key] != ["account"]:
                    raise _clash(table, clashes, old, new)
                connection.execute(table.delete().where(table.c.account == old))
            renamed = table.update().where(table.c.account == old).values(account=new)
            moved[table.name] = connection.execute(renamed).rowcount
        if not any(moved.values()):
            raise RenameRejected(
                f"Nothing is stored under the id {old}.",
                remedy="The first column of python -m mimecast export has the ids.",
            )
    return moved


def _require_separate_people(connection: Connection, old: str, new: str) -> None:
    """Raise RenameRejected when both ids have people data: pseudonyms of two histories cannot be joined."""
    query = select(people_captures.c.account).where(people_captures.c.account.in_([old, new])).distinct()
    if len(connection.execute(query).all()) > 1:
        raise RenameRejected(
            f"Both {old} and {new} have people data, which cannot be merged. Nothing was changed.",
            remedy=f"Delete the data of one of them first: python -m mimecast people forget --account {old}.",
        )


def _count_clashes(connection: Connection, table: Table, old: str, new: str) -> int:
    """Return how many rows of `old` have the key, apart from the account, of a row of `new`."""
    keys = [key.name for key in table.primary_key]
    if "account" not in keys:
        return 0
    other = table.alias("other_row")
    same_key = [table.c[key] == other.c[key] for key in keys if key != "account"]
    taken = select(other.c.account).where(other.c.account == new, *same_key).exists()
    query = select(func.count()).select_from(table).where(table.c.account == old, taken)
    return connection.execute(query).scalar_one()


def _clash(table: Table, clashes: int, old: str, new: str) -> RenameRejected:
    if table is snapshots:
        return RenameRejected(
            f"{new} has {pluralize(clashes, 'snapshot')} of its own taken at the same instants as those of {old}. "
            "Nothing was changed.",
            remedy=f"To keep those of {new}, export {old} and import the file with --account {new}.",
        )
    return RenameRejected(
        f"{new} has {pluralize(clashes, 'row')} of its own in {table.name} for the same instants as {old}. "
        "Nothing was changed.",
        remedy="Choose another id.",
    )
