"""Rename: everything kept under one id goes to the other, or nothing does."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import BigInteger, Column, MetaData, String, Table, select

from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_target
from mimecast.store.database.tables import data_tables
from mimecast.store.imports import read_imports, undo_import
from mimecast.store.maintenance import rename
from mimecast.store.maintenance.rename import RenameRejected, rename_account
from mimecast.store.store import Store
from tests.support.processes import CommandLine, assert_failed
from tests.support.stores.contents import all_rows, fill_every_table, snapshot_after
from tests.support.stores.databases import EVERY_DATABASE, SQLITE_ONLY

pytestmark = EVERY_DATABASE


def test_snapshots_notes_target_and_imports_go_along(store: Store) -> None:
    fill_every_table(store)
    moved = rename_account(store, "default", "contoso")
    assert (moved["snapshots"], moved["notes"], moved["targets"], moved["imported_snapshots"]) == (3, 1, 1, 1)
    assert store.accounts() == ["contoso", "fabrikam"]
    assert [note.text for note in load_notes(store, "contoso")] == ["Phishing campaign"]
    assert load_target(store, "contoso") is not None
    (entry,) = read_imports(store, "contoso")
    assert undo_import(store, entry.id) == 1
    assert len(list(store.all_snapshots("contoso"))) == 2
    assert load_notes(store, "default") == []


def test_a_history_joins_one_that_has_begun_under_the_new_id(store: Store) -> None:
    fill_every_table(store)
    store.add([snapshot_after(30, "contoso")])
    rename_account(store, "default", "contoso")
    assert len(list(store.all_snapshots("contoso"))) == 4


def test_rows_of_the_same_instant_clash_and_nothing_changes(store: Store) -> None:
    fill_every_table(store)
    before = all_rows(store)
    with pytest.raises(RenameRejected, match="fabrikam has 1 snapshot of its own taken at the same instants"):
        rename_account(store, "default", "fabrikam")
    assert all_rows(store) == before


def test_an_id_without_anything_is_named(store: Store) -> None:
    fill_every_table(store)
    with pytest.raises(RenameRejected, match="Nothing is stored under the id ugly"):
        rename_account(store, "ugly", "contoso")


def test_tables_that_come_later_go_along(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One with a row an account, whose current state is kept; one keyed by account and instant."""
    later = MetaData()
    state = Table("state", later, Column("account", String(40), primary_key=True), Column("until", BigInteger))
    log = Table("log", later, Column("id", BigInteger, primary_key=True), Column("account", String(40)))
    monkeypatch.setattr(rename, "data_tables", lambda: [*data_tables(), state, log])
    fill_every_table(store)
    with store.writing() as connection:
        later.create_all(connection)
        connection.execute(state.insert(), [{"account": "default", "until": 1}, {"account": "contoso", "until": 2}])
        connection.execute(log.insert(), [{"id": 1, "account": "default"}, {"id": 2, "account": "fabrikam"}])
    rename_account(store, "default", "contoso")
    with store.reading() as connection:
        assert connection.execute(select(state)).all() == [("contoso", 2)]
        assert connection.execute(select(log.c.account).order_by(log.c.id)).scalars().all() == ["contoso", "fabrikam"]


@SQLITE_ONLY
def test_rename_from_the_command_line(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    assert_failed(command_line("rename", "default", "contoso", variables=account_variables), 1, "Nothing is stored yet")
    store = Store.open(store_url)
    fill_every_table(store)
    done = command_line("rename", "default", "contoso", variables=account_variables)
    assert (done.returncode, done.stdout) == (0, "3 snapshots and 1 note of default are now stored under contoso.\n")
    assert "no account contoso yet: put its keys into [mimecast.accounts.contoso]" in done.stderr
    done = command_line("rename", "contoso", "default", "--json", variables=account_variables)
    assert (json.loads(done.stdout)["snapshots"], done.stderr) == (3, "")
    assert_failed(
        command_line("rename", "default", "fabrikam", variables=account_variables),
        1,
        "Nothing was changed",
        "--account",
    )
    assert_failed(command_line("rename", "default", "a/b", variables=account_variables), 2, "cannot be an account's id")
    assert_failed(command_line("rename", "default", "default", variables=account_variables), 2, "are the same")
    assert_failed(command_line("rename", "ugly", "contoso", variables=account_variables), 1, "stored under the id ugly")
    assert len(list(store.all_snapshots("default"))) == 3
