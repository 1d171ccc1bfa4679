"""What the pages ask the database: by indexes alone, and for no more rows than are drawn, however long the history."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from streamlit.testing.v1 import AppTest

from mimecast.domain.reporting_days import MAX_LINE_POINTS
from mimecast.settings.project import PROJECT
from mimecast.store.store import Store
from mimecast.ui import resources
from tests.support.hourly_history import add_hourly_history

TEN_YEARS_OF_HOURS = 87_600
MOST_ROWS = 10 * MAX_LINE_POINTS
PAGES = ["app.py", *sorted(f"pages/{page.name}" for page in (PROJECT / "pages").glob("*.py"))]

GIVEN = re.compile("CONSTANT ROW|ranges|accounts|schema_additions|snapshots_of_the_sandbox")
"""What may be read from end to end: what a query brings with it, the table of schema changes, the sandbox's index."""

Query = tuple[str, Any]
"""A statement that reads, and its parameters."""


@pytest.fixture(scope="module")
def ten_years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with 87,600 snapshots of one account, the newest too young for a page to request another."""
    file = tmp_path_factory.mktemp("ten-years") / "snapshots.db"
    newest = datetime.now(UTC) - timedelta(minutes=20)
    add_hourly_history(Store.open(f"sqlite:///{file}"), "contoso", TEN_YEARS_OF_HOURS, newest)
    return file


@pytest.fixture(scope="module")
def steps_for_all(ten_years: Path) -> int:
    """Return how many instructions it takes to read every snapshot of that store."""
    with closing(sqlite3.connect(ten_years)) as connection:
        return steps(connection, "SELECT * FROM snapshots", ())


@pytest.fixture
def queries() -> Iterator[list[Query]]:
    """Collect the statements, with their parameters, that read from any database during a test."""
    queries: list[Query] = []

    def executed(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            queries.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", executed)
    yield queries
    event.remove(Engine, "before_cursor_execute", executed)


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    resources.forget_everything()


def run(project: Path, page: str, store: Path) -> AppTest:
    """Run a page over all of the store's ten years."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    keys = {"base_url": "http://127.0.0.1:9", "client_id": "a", "client_secret": "a"}
    app.secrets["mimecast"] = {"accounts": {"contoso": {"name": "Contoso", **keys}}}
    app.secrets["connections"] = {"snapshots": {"url": f"sqlite:///{store}"}}
    app.query_params["range"] = "all"
    app.run()
    if page != "app.py":
        app.switch_page(page).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", PAGES)
def test_every_query_of_a_page_uses_an_index_and_reads_no_more_than_ten_rows_for_a_point(
    project: Path,
    page: str,
    ten_years: Path,
    steps_for_all: int,
    queries: list[Query],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(project)
    run(project, page, ten_years)
    assert queries
    with closing(sqlite3.connect(ten_years)) as connection:
        for statement, parameters in queries:
            rows = TEN_YEARS_OF_HOURS * steps(connection, statement, parameters) / steps_for_all
            assert rows < MOST_ROWS, f"the work of reading {rows:.0f} rows: {statement[:300]}"
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            scanned = [step for step in plan if step.startswith("SCAN") and not GIVEN.search(step)]
            assert not scanned, f"{statement[:2000]}\n{plan}"


def steps(connection: sqlite3.Connection, statement: str, parameters: Any) -> int:
    """Return how many instructions of SQLite's virtual machine a statement takes, on a busy machine too."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection.set_progress_handler(step, 1)
    connection.execute(statement, parameters).fetchall()
    connection.set_progress_handler(None, 0)
    return taken


@pytest.mark.parametrize("page", ["app.py", "pages/history.py"])
def test_a_reload_asks_an_unchanged_store_nothing(
    project: Path, page: str, ten_years: Path, queries: list[Query], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    for file in (ten_years, ten_years.with_name(f"{ten_years.name}-wal")):
        if file.exists():
            os.utime(file, (0, 0))  # just after a write, nothing is cached
    app = run(project, page, ten_years)
    assert queries
    queries.clear()
    app.run()
    assert not app.exception
    assert queries == []
