"""Keeping a history when its account gets another id."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from mimecast.formatting import pluralize
from mimecast.problem import Problem
from mimecast.store.database.schema import data_tables, snapshots
from mimecast.store.store import Store


class RenameRejected(Problem):
    """A history that cannot get the other id. Nothing was changed."""

    title = "The account cannot be renamed"


def rename_account(store: Store, old: str, new: str) -> dict[str, int]:
    """Give everything stored under the account `old` the id `new`, in one transaction; return the rows moved by table.

    It concerns every table with a column `account`. Both ids may have rows, but not for the same thing, two snapshots
    of one instant, say. Only where a table has a single row for an account, its present state, does the one of `new`
    stand. Raises RenameRefused, StoreError.
    """
    with store.writing() as connection:
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
                remedy="Look at the first column of: python -m mimecast export",
            )
    return moved


def _count_clashes(connection: Connection, table: Table, old: str, new: str) -> int:
    """Rows of `old` whose key, but for the account, a row of `new` has too."""
    keys = [key.name for key in table.primary_key]
    if "account" not in keys:
        return 0
    theirs = table.alias("theirs")
    same = [table.c[key] == theirs.c[key] for key in keys if key != "account"]
    taken = select(theirs.c.account).where(theirs.c.account == new, *same).exists()
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
