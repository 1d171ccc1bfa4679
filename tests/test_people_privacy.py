"""No name and no address reaches the store, a log, an error, an export or another file, at any level."""

from __future__ import annotations

import io
import logging
import tempfile
import traceback
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from streamlit.logger import get_logger

from mimecast.capture.one_account import CapturedSnapshot
from mimecast.domain.people.users import pseudonym_of
from mimecast.domain.reporting_days import DayRange
from mimecast.reports.html_file import render_html
from mimecast.reports.people.rows import department_rows, movement_rows
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import ReportRequest, load_report
from mimecast.reports.report_workbook import render_xlsx
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings
from mimecast.settings.people import PeopleLevel
from mimecast.store.maintenance.backup import write_backup
from mimecast.store.people.forget import forget_people
from mimecast.store.people.read import has_people, load_captures, load_department_weeks, load_movement
from mimecast.store.store import Store
from tests.support.app import click, html_of, run_page
from tests.support.clock import NOW, later
from tests.support.exhaustive import CROSSED, is_exhaustive
from tests.support.logs import logged_lines
from tests.support.people import CANARIES, COUNTS, KEY, KEY_BYTES, dashboard, files, run, secrets_of, users
from tests.support.sandbox import UnmarkedSandbox

LEVELS = list(PeopleLevel)

MARK = CANARIES[0]
"""The beginning of every address here, and of every name that is not `Qwvname`. Nothing else contains it."""

canaries = st.text(st.characters(codec="utf-8", categories=["L", "N"]), max_size=20).map(f"{MARK}{{}}q".format)
addresses = canaries.map("{}@contoso.example".format)
grades = st.sampled_from([*"ABCDFabcdf", "E", "", None, 5])
values = st.one_of(canaries, addresses, st.none(), st.integers(), st.lists(canaries, max_size=2))
odd_rows = st.one_of(
    canaries,
    st.lists(addresses, max_size=3),
    st.none(),
    st.fixed_dictionaries(
        {"emailAddress": st.one_of(addresses, values), "risk": st.one_of(grades, canaries, st.lists(canaries))},
        optional={
            "name": values,
            "department": st.one_of(st.none(), addresses, canaries, st.dictionaries(canaries, canaries, max_size=1)),
            "humanError": st.one_of(grades, canaries),
            "userState": canaries,
            "manager": st.dictionaries(canaries, addresses, max_size=2),
        },
    ),
)
"""Rows of which nothing is as expected, down to an address in place of a grade, a department or the row itself."""


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with UnmarkedSandbox(lambda: COUNTS) as sandbox:
        sandbox.users = users
        yield sandbox


def contains_canary(content: bytes | str) -> bool:
    """Return whether a content has the beginning of a name or an address: as text or in UTF-16, in either case."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    lowered = data.lower()
    marks = {canary.lower() for canary in CANARIES}
    return any(mark.encode() in lowered or mark.encode("utf-16-le") in lowered for mark in marks)


def parts_of(package: bytes) -> Iterator[bytes]:
    """Yield the files in a workbook or in slides, decompressed."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def results_of(captured: CapturedSnapshot) -> Iterator[str]:
    """Yield what a capture returns: its result, its warnings, and its error with the traceback."""
    yield f"{captured!r} {captured.warnings}"
    if captured.people_problem:
        yield "".join(traceback.format_exception(captured.people_problem))
        yield repr(vars(captured.people_problem))


def exports_of(store: Store, chosen: DashboardSettings) -> Iterator[bytes | str]:
    """Yield the rows of every export, and the reports."""
    yield repr([*department_rows("default", load_department_weeks(store, "default", chosen.min_group_size))])
    for then, now in pairwise(capture.taken_at for capture in load_captures(store, "default")):
        yield repr([*movement_rows("default", load_movement(store, "default", then, now))])
    first, last = (NOW + timedelta(days=days) for days in (-1, 31))
    request = ReportRequest(
        "default",
        "Contoso",
        DayRange(first.date(), last.date(), chosen.time_zone),
        last,
        min_group_size=chosen.min_group_size if chosen.people_level.is_on else None,
        with_movement=chosen.people_level.has_movement,
    )
    report = load_report(store, request)
    assert report is not None
    yield render_html(report)
    yield from parts_of(render_xlsx(report, []))
    if is_exhaustive():
        yield from parts_of(render_pptx(report))


@CROSSED
@pytest.mark.parametrize("fault", [None, "details-same-next"], ids=["whole list", "error after a page"])
@pytest.mark.parametrize("level", LEVELS)
@settings(max_examples=10 if is_exhaustive() else 2, phases=(Phase.explicit, Phase.generate))
@given(prefix=canaries, odd=st.lists(odd_rows, max_size=9))
def test_no_name_and_no_address_leaves_a_capture_at_any_level(
    tmp_path_factory: pytest.TempPathFactory, level: PeopleLevel, fault: str | None, prefix: str, odd: list[Any]
) -> None:
    """There are fewer odd rows than `min_group_size`, so that none of their departments may be shown."""
    folder = tmp_path_factory.mktemp("canary")
    chosen = dashboard(level.value)
    with (
        UnmarkedSandbox(lambda: COUNTS) as sandbox,
        pytest.MonkeyPatch.context() as patch,
        logged_lines(logging.getLogger()) as lines,
    ):
        patch.setattr(tempfile, "tempdir", str(folder))
        store = Store.open(f"sqlite:///{folder / 'snapshots.db'}", clock=later)
        account = Account("default", "Contoso", sandbox.base_url, sandbox.keys)
        sandbox.users = lambda: [*users(prefix), *odd]
        first = run(account, store, chosen)
        sandbox.set_fault(fault)
        second = run(account, store, chosen, NOW + timedelta(days=30))
        shown = [*results_of(first), *results_of(second), *([] if fault else exports_of(store, chosen))]
        write_backup(store, folder / "backup.db")
    left_behind: list[bytes | str] = [*shown, *lines, files(folder)]
    assert not [content for content in left_behind if contains_canary(content)]
    assert has_people(store) == level.is_on
    assert first.people_problem is None
    assert bool(second.people_problem) == bool(fault and level.is_on)


def test_the_stores_bytes_have_no_name_after_any_level_and_no_pseudonym_after_forgetting(
    server: Sandbox, store: Store, tmp_path: Path
) -> None:
    account = Account("default", "Contoso", server.base_url, server.keys)
    pseudonyms = [pseudonym_of(KEY_BYTES, user.address) for user in users()]
    for day, level in enumerate([*LEVELS, *reversed(LEVELS)]):
        run(account, store, dashboard(level.value), NOW + timedelta(days=day))
        stored = files(tmp_path)
        assert not contains_canary(stored)
        has_pseudonyms = [pseudonym in stored for pseudonym in pseudonyms]
        assert set(has_pseudonyms) == {day >= LEVELS.index(PeopleLevel.MOVEMENT)}
    assert b"Sales" in files(tmp_path)
    forget_people(store)
    stored = files(tmp_path)
    assert not contains_canary(stored)
    assert not any(pseudonym in stored for pseudonym in pseudonyms)
    assert b"Sales" not in stored
    assert store.newest("default") is not None


@pytest.mark.usefixtures("isolated_pages")
def test_opening_the_list_of_names_writes_no_name_to_the_disk_or_a_log(
    project: Path, server: Sandbox, store: Store, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    account = Account("default", "Contoso", server.base_url, server.keys)
    run(account, store, dashboard("names"), datetime.now(UTC))
    before = changes_of(project)
    with (
        logged_lines(logging.getLogger()) as lines,
        logged_lines(get_logger("mimecast.ui.access.audit")) as audit_lines,
    ):
        page = run_page(project, "People", secrets_of(server, store_url, people="names", pseudonym_key=KEY))
        click(page, "people_open")
        assert "Qwvname 65" in html_of(page)
        page.text_input(key="people_search").set_value("zyxcanary69@").run()
    assert any("opened the list of users at risk by name" in line for line in audit_lines)
    written = [file.read_bytes() for file, changed in changes_of(project).items() if before.get(file) != changed]
    left_behind: list[bytes | str] = [files(tmp_path), *written, *lines, *audit_lines]
    assert not [content for content in left_behind if contains_canary(content)]


def changes_of(folder: Path) -> dict[Path, int]:
    """Return when each file below a folder was last changed."""
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}
