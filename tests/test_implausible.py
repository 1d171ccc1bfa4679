"""Implausible answers: the rule, the mark, and what is computed without them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mimecast.capture.one_account import capture
from mimecast.domain.causes.implausible import Implausibility, find_implausibility, find_implausible
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.causes.implausible import (
    MarkGone,
    accept_answers,
    load_marks,
    load_open_marks,
    mark_new_answer,
    reject_answers,
)
from mimecast.store.database.tables import implausible_answers
from mimecast.store.imports import import_snapshots, read_imports, undo_import
from mimecast.store.maintenance.remove import remove_snapshot
from mimecast.store.snapshot_rows import insert_snapshots
from mimecast.store.store import Store
from tests.support.app import click, html_of, run_page, text_of
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.reports import stored_report
from tests.support.sandbox import UnmarkedSandbox
from tests.support.stores.databases import SQLITE_FIRST

pytestmark = SQLITE_FIRST

GOOD = ScoreCounts(522, 338, 212, 91, 41)
ZERO = ScoreCounts()

COUNTS = st.builds(ScoreCounts, *[st.integers(0, 2000)] * 5, st.integers(0, 5)) | st.just(ScoreCounts())


def snapshot(users: int, *, days: float = 0) -> Snapshot:
    return Snapshot("default", NOW + timedelta(days=days), ScoreCounts(users))


def test_no_users_after_some_are_implausible_at_any_age() -> None:
    assert find_implausibility(snapshot(0, days=400), snapshot(1200)) is Implausibility.NO_USERS
    assert find_implausibility(snapshot(0), snapshot(0, days=-1)) is None
    assert find_implausibility(snapshot(0), None) is None


def test_a_change_of_users_graded_by_more_than_half_within_a_week_is_implausible() -> None:
    assert find_implausibility(snapshot(599, days=7), snapshot(1200)) is Implausibility.USERS_CHANGED
    assert find_implausibility(snapshot(1801, days=7), snapshot(1200)) is Implausibility.USERS_CHANGED
    assert find_implausibility(snapshot(600, days=7), snapshot(1200)) is None
    assert find_implausibility(snapshot(1800, days=7), snapshot(1200)) is None
    assert find_implausibility(snapshot(599, days=7.001), snapshot(1200)) is None
    assert find_implausibility(snapshot(5), snapshot(0, days=-1)) is None


def test_answers_after_an_implausible_one_are_compared_with_the_plausible_one_before_it() -> None:
    first, second, third = snapshot(500, days=1), snapshot(510, days=2), snapshot(1190, days=3)
    implausible = find_implausible([third, second, first], snapshot(1200))
    assert [each.snapshot for each in implausible] == [first, second]
    assert {(each.reason, each.reference_users) for each in implausible} == {(Implausibility.USERS_CHANGED, 1200)}


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 20)), max_size=30))
def test_what_is_left_has_no_implausible_step(steps: list[tuple[int, int]]) -> None:
    history, day = [], 0
    for users, days in steps:
        day += days
        history.append(snapshot(users, days=day))
    marked = {each.snapshot.taken_at for each in find_implausible(history, None)}
    left = [new for new in history if new.taken_at not in marked]
    assert left[:1] == history[:1]
    assert find_implausible(left, None) == []


@given(COUNTS, COUNTS, st.integers(0, 30))
def test_the_rule_depends_on_users_graded_only(before: ScoreCounts, after: ScoreCounts, days: int) -> None:
    then = Snapshot("default", NOW, before)
    now = Snapshot("default", NOW + timedelta(days=days), after)
    by_totals = find_implausibility(snapshot(after.users_graded, days=days), snapshot(before.users_graded))
    assert find_implausibility(now, then) is by_totals


def store_days(store: Store, days: int = 40, *, last: int = 1) -> None:
    """Store a good answer for each of the days before today, up to `last` days ago."""
    store.add(Snapshot("default", NOW - timedelta(days=ago), GOOD) for ago in range(days, last - 1, -1))


def counting_sandbox(answers: list[ScoreCounts]) -> UnmarkedSandbox:
    """Return a sandbox that gives these answers in turn."""
    return UnmarkedSandbox(lambda: answers.pop(0))


def test_capture_stores_an_implausible_answer_and_nothing_is_computed_from_it(store: Store) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store.add(Snapshot("default", now - timedelta(days=ago), GOOD) for ago in range(40, 0, -1))
    with counting_sandbox([ZERO, GOOD]) as server:
        account = Account("default", "Contoso", server.base_url, server.keys)
        captured = capture(account, store)
        assert captured.implausible is not None
        assert "no users graded, compared with 1,204 on" in captured.all_warnings[0]
        assert store.newest("default", include_marked=True) == captured.snapshot
        good = store.newest("default")
        assert good is not None
        assert good.taken_at == now - timedelta(days=1)
        assert store.newest_of(["default"]) == {"default": good}
        moment = (captured.snapshot.taken_at, captured.snapshot.taken_at + timedelta(seconds=1))
        assert store.last_in_each("default", [moment]) == [None]
        assert store.risk_levels_in_each(["default"], [moment]) == {"default": [None]}
        assert store.count_covered("default", [moment]) == 0
        assert captured.snapshot in store.all_snapshots("default")
        assert capture(account, store, clock=lambda: datetime.now(UTC) + timedelta(seconds=2)).implausible is None
    assert [mark.snapshot for mark in load_open_marks(store, "default")] == [captured.snapshot]


def test_a_reader_who_finds_an_answer_right_brings_it_back_and_one_who_finds_it_wrong_ends_the_question(
    store: Store,
) -> None:
    store_days(store)
    halved = Snapshot("default", NOW, ScoreCounts(300, 100, 80, 20, 10))
    with store.writing() as connection:
        insert_snapshots(connection, [halved])
        assert mark_new_answer(store, connection, halved, NOW)
    marks = load_open_marks(store, "default")
    reject_answers(store, marks, author="ana@contoso.com", now=NOW)
    assert load_open_marks(store, "default") == []
    assert store.newest("default") != halved
    (rejected,) = load_marks(store, "default")
    assert (rejected.judged_by, rejected.judged_at) == ("ana@contoso.com", NOW.replace(microsecond=0))
    accept_answers(store, [rejected])
    assert store.newest("default") == halved
    with pytest.raises(MarkGone):
        accept_answers(store, [rejected])


def test_import_judges_only_what_it_adds_at_the_end(store: Store) -> None:
    store_days(store, 10)
    early, late = Snapshot("default", NOW - timedelta(days=9, hours=1), ZERO), Snapshot("default", NOW, ZERO)
    import_snapshots(store, [early, late], file_name="months.csv", author="", now=NOW)
    (mark,) = load_marks(store, "default")
    assert mark.snapshot.taken_at == late.taken_at
    (entry,) = read_imports(store, "default")
    undo_import(store, entry.id)
    with store.reading() as connection:
        assert connection.execute(select(implausible_answers)).all() == []


def test_removing_a_snapshot_removes_its_mark(store: Store) -> None:
    store_days(store)
    import_snapshots(store, [Snapshot("default", NOW, ZERO)], file_name="x.csv", author="", now=NOW)
    (mark,) = load_marks(store, "default")
    remove_snapshot(store, mark.snapshot, now=NOW)
    with store.reading() as connection:
        assert connection.execute(select(implausible_answers)).all() == []


def test_report_is_about_the_last_plausible_day_and_names_it(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), GOOD) for ago in range(40, 0, -1))
    import_snapshots(store, [Snapshot("contoso", NOW, ZERO)], file_name="x.csv", author="", now=NOW)
    assert stored_report(store).summary.headline.startswith("11.0% of users were at risk on 23 Nov 2026")


@pytest.mark.usefixtures("isolated_pages")
def test_banner_names_the_answer_until_a_reader_decides(project: Path, account_secrets: dict[str, Any]) -> None:
    url = account_secrets["connections"]["snapshots"]["url"]
    store, now = Store.open(url), datetime.now(UTC)
    store.add(Snapshot("default", now - timedelta(days=ago), GOOD) for ago in range(40, 0, -1))
    import_snapshots(store, [Snapshot("default", now, ZERO)], file_name="x.csv", author="", now=now)
    app = run_page(project, "Overview", account_secrets)
    assert "has no users graded, compared with 1,204" in text_of(app)
    assert "11.0% of users were at risk on" in html_of(app)
    click(app, "answer_wrong")
    assert "has no users graded" not in text_of(app)
    assert "11.0% of users were at risk on" in html_of(app)
    assert load_open_marks(store, "default") == []


def test_command_line_names_an_implausible_answer(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, sandbox: Sandbox
) -> None:
    store = Store.open(store_url)
    store.add([Snapshot("default", datetime.now(UTC) - timedelta(days=1), GOOD)])
    sandbox.set_fault("no-users")
    checked = command_line("check", variables=account_variables)
    assert "has no users graded, compared with 1,204" in checked.stdout
    captured = command_line("snapshot", "--json", variables=account_variables)
    assert captured.returncode == 0
    assert json.loads(captured.stdout)["implausible"] is True
    assert "marked as implausible" in captured.stderr
    sandbox.set_fault(None)
    checked = command_line("check", variables=account_variables)
    assert "An answer" not in checked.stderr
    assert "has no users graded, compared with 1,204" in checked.stdout
    assert "decide whether it is right" in checked.stdout
    ready = command_line("check", "--ready", variables=account_variables)
    assert "has no users graded, compared with 1,204" in ready.stdout
    written = command_line("report", "--out", "r.html", variables=account_variables)
    assert "has no users graded, compared with 1,204" in written.stderr
    past = ("--until", str(datetime.now(UTC).date() - timedelta(days=1)))
    written = command_line("report", "--out", "r.html", *past, variables=account_variables)
    assert "has no users graded" not in written.stderr
