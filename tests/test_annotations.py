"""Target and notes as they are edited on History: what is typed, what is said, and what is undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.annotations.notes import load_notes, write_note
from mimecast.store.annotations.targets import load_target, set_target
from mimecast.store.store import Store
from mimecast.ui.escaping import escape_markdown
from tests.support.app import add_note, chart_alts, click, field, html_of, open_forms, run_page, text_of

pytestmark = pytest.mark.usefixtures("isolated_pages")
TODAY = datetime.now(UTC).date()


@pytest.fixture
def filled_store(store: Store) -> Store:
    """Return a store with a snapshot a day for forty days, enough for every chart."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    store.add(Snapshot("default", now - timedelta(days=ago), ScoreCounts(80, d=10 + ago % 3, f=2)) for ago in range(40))
    return store


def opened(project: Path, secrets: dict[str, Any]) -> AppTest:
    """Return the History page with its forms open."""
    app = run_page(project, "History", secrets)
    open_forms(app)
    return app


def test_a_note_is_added_edited_deleted_and_brought_back(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = opened(project, account_secrets)
    assert field(app, "date_input", "note_day").value == TODAY
    field(app, "date_input", "note_day").set_value(TODAY - timedelta(days=9))
    add_note(app, "Fishing *campaign*")
    assert "Added\\: " in text_of(app)
    (note,) = load_notes(filled_store, "default")
    assert (note.day, note.text, note.author) == (TODAY - timedelta(days=9), "Fishing *campaign*", "")
    assert "Fishing \\*campaign\\*" in text_of(app)
    assert not app.text_input
    open_forms(app)
    assert field(app, "text_input", "note_text").value == ""

    app.selectbox(key="note_chosen").set_value(note.id).run()
    assert field(app, "text_input", "note_text").value == "Fishing *campaign*"
    add_note(app, "Phishing campaign")
    assert [note.text for note in load_notes(filled_store, "default")] == ["Phishing campaign"]
    click(app, "note_undo")
    assert load_notes(filled_store, "default") == [note]
    assert r"Undone\. The note is back" in text_of(app)
    assert not [button for button in app.button if button.key == "note_undo"]

    open_forms(app)
    app.selectbox(key="note_chosen").set_value(note.id).run()
    click(app, "note_delete")
    assert load_notes(filled_store, "default") == []
    click(app, "note_undo")
    assert load_notes(filled_store, "default") == [note]


def test_another_users_edit_is_not_overwritten(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = opened(project, account_secrets)
    add_note(app, "Mine")
    (note,) = load_notes(filled_store, "default")
    open_forms(app)
    app.selectbox(key="note_chosen").set_value(note.id).run()
    field(app, "text_input", "note_text").set_value("Mine, edited")
    now = datetime.now(UTC)
    write_note(filled_store, "default", TODAY, "Theirs", author="", now=now, today=TODAY, old=note)
    click(app, "note_save")
    assert [note.text for note in load_notes(filled_store, "default")] == ["Theirs"]
    assert "Another user has changed this note" in app.warning[0].value


def test_a_note_without_words_is_refused_and_said_once(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = opened(project, account_secrets)
    add_note(app, "   ")
    assert "The note is empty" in app.warning[0].value
    assert load_notes(filled_store, "default") == []
    app.run()
    assert not app.warning


def test_notes_stand_on_every_chart_over_time_with_the_numbers_of_the_list(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    noon = datetime.now(UTC)
    for order, (ago, text) in enumerate([(30, "First <b>"), (5, "Second"), (5, "Third"), (500, "Long ago")]):
        day, now = TODAY - timedelta(days=ago), noon + timedelta(seconds=order)
        write_note(filled_store, "default", day, text, author="", now=now, today=TODAY)
    for page, count in (("Overview", 2), ("History", 3)):
        app = run_page(project, page, account_secrets)
        drawn = [chart for chart in app.get("plotly_chart") if "Users by SAFE" not in chart.proto.alt]
        assert len(drawn) == count
        for chart in drawn:
            marks = [
                mark for mark in json.loads(chart.proto.spec)["layout"]["annotations"] if mark.get("name") == "note"
            ]
            assert [mark["text"] for mark in marks] == ["1", "2", "3"]
            assert "First &lt;b&gt;" in marks[0]["hovertext"]
            assert "3 on " in chart.proto.alt
            assert "Third." in chart.proto.alt
        assert "**1** · " in text_of(app)
        assert "First \\<b\\>" in text_of(app)
        assert "Long ago" not in text_of(app)


def test_a_target_is_set_drawn_said_and_cleared(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = opened(project, account_secrets)
    field(app, "number_input", "target_share").set_value(8.0)
    field(app, "date_input", "target_by").set_value(TODAY + timedelta(days=15))
    click(app, "target_set")
    target = load_target(filled_store, "default")
    assert target is not None
    assert (target.share, target.by, target.author) == (8.0, TODAY + timedelta(days=15), "")
    assert "Target\\: at most 8\\.0% by" in text_of(app)
    open_forms(app)
    assert "Set " in text_of(app)
    assert "Target: 8.0% by" in chart_alts(app)[0]
    for page in ("Overview", "History"):
        again = run_page(project, page, account_secrets, {"range": "30d"} if page == "History" else None)
        if page == "Overview":
            assert "Target 8% by" in html_of(again)
        else:
            assert "Target\\: at most 8\\.0% by" in text_of(again)
        assert "target 8.0% by" in str([chart.proto.spec for chart in again.get("plotly_chart")])
    open_forms(again)
    click(again, "target_clear")
    assert load_target(filled_store, "default") is None
    assert "Target:" not in chart_alts(again)[0]


def test_a_target_without_a_share_is_refused(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    app = opened(project, account_secrets)
    click(app, "target_set")
    assert "The share is missing" in app.warning[0].value
    assert load_target(filled_store, "default") is None


def test_a_target_whose_date_has_passed_can_be_replaced(
    project: Path, account_secrets: dict[str, Any], filled_store: Store
) -> None:
    then = datetime.now(UTC) - timedelta(days=20)
    set_target(
        filled_store,
        "default",
        5.0,
        TODAY - timedelta(days=2),
        author="lead@contoso.example",
        now=then,
        today=then.date(),
    )
    app = opened(project, account_secrets)
    assert "Missed\\: " in text_of(app)
    assert f"by {escape_markdown('lead@contoso.example')}" in text_of(app)
    click(app, "target_set")
    target = load_target(filled_store, "default")
    assert target is not None
    assert target.by == TODAY + timedelta(days=1)


def test_without_a_store_that_can_be_written_the_forms_are_off_and_say_why(
    project: Path, account_secrets: dict[str, Any], filled_store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimecast.store.database.open_database.is_writable", lambda file: False)
    app = opened(project, account_secrets)
    assert any("Nothing can be changed now" in info.value for info in app.info)
    assert all(widget.disabled for widget in (*app.text_input, *app.number_input, *app.date_input))
    assert all(button.disabled for button in app.button if button.key in ("note_save", "target_set"))


def test_without_a_store_at_all_the_forms_are_off_and_say_why(project: Path, account_secrets: dict[str, Any]) -> None:
    app = opened(project, account_secrets | {"connections": {"snapshots": {"url": "nonsense"}}})
    assert any("the store cannot be used" in info.value for info in app.info)
    assert all(widget.disabled for widget in (*app.text_input, *app.number_input, *app.date_input))
