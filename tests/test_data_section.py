"""The Data section: a spreadsheet is previewed before it is imported, and the import can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.snapshots.reader import read_snapshots
from mimecast.reports.snapshots.rows import template_csv
from mimecast.store.imports import read_imports
from mimecast.store.store import Store
from tests.support.app import click, run_page, text_of
from tests.support.clock import NOW

pytestmark = pytest.mark.usefixtures("isolated_pages")
HEADER = "account,taken_at,a,b,c,d,f,other"
PAGE = """
from mimecast.ui.sections.exports_and_imports import show_data_section
from mimecast.ui.page import begin_without_data, load_or_stop

page = begin_without_data("Alone")
load_or_stop(show_data_section, page)
"""


@pytest.fixture(autouse=True)
def alone(project: Path) -> Iterator[None]:
    """A page with nothing but the section."""
    file = project / "pages" / "alone.py"
    file.write_text(PAGE)
    yield
    file.unlink()


@pytest.fixture
def filled_store(store: Store) -> Store:
    """Return a store with one snapshot, a minute old."""
    store.add([Snapshot("default", datetime.now(UTC) - timedelta(minutes=1), ScoreCounts(5, 4, 3, 2, 1))])
    return store


def rows(*months: int, account: str = "default") -> str:
    return "".join(f"{account},2025-{month:02}-28T12:00:00Z,5,4,3,2,{month},0\n" for month in months)


def upload(app: AppTest, content: str | bytes, name: str = "months.csv", **others: str) -> None:
    """Upload a file, and others of the type CSV by their names."""
    contents = {name: content, **{f"{other}.csv": text for other, text in others.items()}}
    files = [(name, text if isinstance(text, bytes) else text.encode(), "text/csv") for name, text in contents.items()]
    app.file_uploader[0].set_value(files)
    app.run()
    assert not app.exception


def test_a_file_is_previewed_imported_listed_and_undone(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, f"{HEADER}\n{rows(*range(1, 9))}")
    assert "8 snapshots \\(28 Jan 2025 to 28 Aug 2025\\)\\: 8 new\\." in text_of(app)
    assert list(app.dataframe[0].value["F"]) == ["4", "5", "6", "7", "8"]
    assert app.dataframe[0].value["At risk"].iloc[-1] == "45.5%"
    assert len(list(filled_store.all_snapshots("default"))) == 1
    click(app, "data_store")
    assert "8 snapshots imported from months\\.csv\\." in app.success[0].value
    assert [snapshot.source for snapshot in filled_store.all_snapshots("default")].count(Source.IMPORTED) == 8
    assert "months\\.csv\\: 8 snapshots, 28 Jan 2025 to 28 Aug 2025, imported" in text_of(app)

    upload(app, f"{HEADER}\n{rows(8, 9)}", "more.csv")
    assert "2 snapshots \\(28 Aug 2025 to 28 Sep 2025\\)\\: 1 new, 1 already stored" in text_of(app)
    click(app, "data_store")
    first = next(entry for entry in read_imports(filled_store, "default") if entry.file_name == "months.csv")
    click(app, f"import_undo_{first.id}")
    assert "8 snapshots from months\\.csv removed" in app.success[0].value
    assert [snapshot.counts.f for snapshot in filled_store.all_snapshots("default")] == [9, 1]


def test_several_files_are_imported_together_and_undone_one_by_one(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, f"{HEADER}\n{rows(1, 2)}", "spring.csv", summer=f"{HEADER}\n{rows(2, 6, 7)}")
    assert "5 snapshots \\(28 Jan 2025 to 28 Jul 2025\\)\\: 4 new, 1 already stored" in text_of(app)
    click(app, "data_store")
    assert "4 snapshots imported from 2 files, 1 already stored\\." in app.success[0].value
    imports = {entry.file_name: entry for entry in read_imports(filled_store, "default")}
    assert {name: entry.remaining for name, entry in imports.items()} == {"spring.csv": 2, "summer.csv": 2}
    click(app, f"import_undo_{imports['summer.csv'].id}")
    assert [entry.file_name for entry in read_imports(filled_store, "default")] == ["spring.csv"]


def test_one_invalid_file_of_several_is_named_and_none_is_imported(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, f"{HEADER}\n{rows(1)}", "good.csv", bad=f"{HEADER}\n{rows(2, account='sample')}")
    (warning,) = app.warning
    assert "Row 2, column account\\: \\'sample\\' marks sample data" in warning.value
    assert "File\\: bad\\.csv" in warning.value
    assert not [button for button in app.button if button.key == "data_store"]


def test_a_spreadsheets_semicolons_and_mark_are_read(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, b"\xef\xbb\xbf" + f"{HEADER}\n{rows(1)}".replace(",", ";").encode())
    assert "1 snapshot \\(28 Jan 2025\\)\\: 1 new" in text_of(app)


def test_what_is_stored_already_needs_no_storing(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, f"{HEADER}\n{rows(1)}")
    click(app, "data_store")
    upload(app, f"{HEADER}\n{rows(1).replace('5,4,3', '6,4,3')}")
    changed = "1 of those stored has different counts in the file and stays unchanged"
    assert f"0 new, 1 already stored\\. {changed}" in text_of(app)
    assert [button.disabled for button in app.button if button.key == "data_store"] == [True]


def test_a_bad_row_is_named_and_nothing_is_stored(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, f"{HEADER}\n{rows(1)}default,2025-02-28T12:00:00Z,5,4,many,2,1,0\n")
    assert "Row 3, column c\\: \\'many\\' is not a whole number" in app.warning[0].value
    assert not [button for button in app.button if button.key == "data_store"]


def test_another_accounts_file_goes_under_the_account_shown(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = run_page(project, "Alone", account_secrets)
    upload(app, f"{HEADER}\n{rows(1, account='elsewhere')}")
    assert any(
        "The upload has snapshots of elsewhere\\. They will be imported under" in info.value for info in app.info
    )
    click(app, "data_store")
    assert filled_store.accounts() == ["default"]
    filled_store.add([Snapshot("fabrikam", NOW, ScoreCounts(1))])
    upload(app, f"{HEADER}\n{rows(2, account='fabrikam')}")
    click(app, "data_store")
    assert len(list(filled_store.all_snapshots("fabrikam"))) == 2
    upload(app, f"{HEADER}\n{rows(3, account='fabrikam')}")
    app.radio(key="data_under").set_value(app.radio(key="data_under").options[1].replace("\\", "")).run()
    click(app, "data_store")
    assert [len(list(filled_store.all_snapshots(account))) for account in ("fabrikam", "default")] == [2, 3]


def test_a_store_that_cannot_be_written_takes_nothing_and_says_why(
    project: Path, account_secrets: dict[str, Any], filled_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimecast.store.database.open_database.is_writable", lambda file: False)
    app = run_page(project, "Alone", account_secrets)
    assert not app.file_uploader
    assert any("cannot be written" in info.value for info in app.info)


def test_sample_data_takes_nothing(project: Path) -> None:
    app = run_page(project, "Alone", {})
    assert not app.file_uploader
    assert any("Nothing can be imported into sample data" in info.value for info in app.info)


def test_the_template_is_filled_in_and_comes_back_in() -> None:
    instants = [datetime(2026, month, 28, 12, tzinfo=UTC) for month in (1, 2)]
    template = template_csv("contoso", instants)
    rows_to_fill = "contoso,2026-01-28T12:00:00Z,,,,,,0\ncontoso,2026-02-28T12:00:00Z,,,,,,0\n"
    assert template.decode() == f"\ufeff{HEADER}\n{rows_to_fill}"
    with pytest.raises(Exception, match="Row 2, column a: it is empty; write 0 for no users, or delete a row"):
        read_snapshots(template, now=NOW)
    filled = template.decode().replace(",,,,,,", ",1,2,3,4,5,")
    assert [snapshot.taken_at for snapshot in read_snapshots(filled.encode(), now=NOW)] == instants
