"""Departments and movement in slides, workbooks and web pages: counts of the same tables, and never a name."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from pptx import Presentation

from mimecast.domain.people.users import ComponentCounts, key_fingerprint, pseudonym_of
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.reports.html_file import render_html
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import Report, ReportRequest, load_report
from mimecast.reports.report_workbook import render_xlsx
from mimecast.settings.dashboard import DashboardSettings
from mimecast.store.people.write import PeopleList, save_people
from mimecast.store.store import Store

KEY = b"k" * 32
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG_NAME = "Regional Operations and Customer Experience, Asia and the Pacific"


def save(store: Store, when: datetime, *, worse: int, departments: int = 3) -> None:
    grades = {pseudonym_of(KEY, str(number)): "D" if number < worse else "B" for number in range(100)}
    counts = ScoreCounts(b=100 - worse, d=worse)
    store.add([Snapshot("contoso", when, counts)])
    named = {f"=Team {number}" if number else LONG_NAME: ScoreCounts(b=20, d=number) for number in range(departments)}
    people = PeopleList("contoso", when, named, {"knowledge": ComponentCounts(counts, 0)}, 100, 100, 100, grades)
    save_people(store, people, min_group_size=10, retention=timedelta(days=400), fingerprint=key_fingerprint(KEY))


def report(store: Store, *, min_group_size: int | None = 10, with_movement: bool = True) -> Report:
    days = DayRange((NOW - timedelta(days=60)).date(), NOW.date(), DashboardSettings().time_zone)
    request = ReportRequest("contoso", "Contoso", days, NOW, min_group_size=min_group_size, with_movement=with_movement)
    loaded = load_report(store, request)
    assert loaded is not None
    return loaded


@pytest.fixture
def filled(store: Store) -> Store:
    save(store, NOW - timedelta(days=30), worse=10)
    save(store, NOW - timedelta(hours=2), worse=4)
    return store


def test_the_level_decides_which_tables_a_report_has(filled: Store) -> None:
    titles = [table.title.partition(" ")[0] for table in report(filled).people]
    assert titles == ["Departments", "Movement"]
    assert [table.title[:11] for table in report(filled, with_movement=False).people] == ["Departments"]
    assert report(filled, min_group_size=None).people == ()


def test_movement_says_where_the_users_at_risk_went(filled: Store) -> None:
    sentence = report(filled).people[1].sentence
    assert "Of 10 users graded D on 25 Oct 2026, 4 stayed at D and 6 improved." in sentence
    assert report(filled).people[1].cells[3] == ["D", "0", "6", "0", "4", "0", "0"]


def test_every_format_has_the_same_numbers(filled: Store) -> None:
    loaded = report(filled)
    page = render_html(loaded).decode()
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(loaded, [])))
    slides = Presentation(io.BytesIO(render_pptx(loaded)))
    tables = [shape.table for slide in slides.slides for shape in slide.shapes if shape.has_table]
    texts = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    assert LONG_NAME in page
    assert "<td>9.1%</td>" in page
    assert ["=Team 2", "9.1%", "0.0 points", "2", "22"] in texts
    assert [cell.value for cell in book["Departments"][2]][:2] == ["=Team 2", pytest.approx(2 / 22)]
    assert book["Departments"]["A2"].data_type == "s"
    assert book["Movement"]["C5"].value == 6


def test_more_departments_than_a_slide_has_room_for_are_counted(store: Store) -> None:
    save(store, NOW - timedelta(hours=2), worse=4, departments=80)
    slides = Presentation(io.BytesIO(render_pptx(report(store))))
    text = " ".join(shape.text_frame.text for slide in slides.slides for shape in slide.shapes if shape.has_text_frame)
    assert "68 more departments in the workbook." in text
