"""Departments and people from the request to the page: what is stored and shown at each level, and that no name is."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mimecast.capture.all_accounts import capture_all
from mimecast.capture.one_account import CapturedSnapshot, capture
from mimecast.domain.people.users import ListedUser, pseudonym_of
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.campaigns import campaign_rows
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings, read_dashboard
from mimecast.settings.people import PeopleLevel
from mimecast.store.causes.campaigns import has_campaigns
from mimecast.store.database.tables import grade_intervals, people_captures
from mimecast.store.people.read import has_people, load_captures, load_department_weeks, load_movement
from mimecast.store.store import Store
from tests.support.app import chart_alts, click, downloads_of, html_of, run_page, text_of
from tests.support.clock import NOW
from tests.support.exhaustive import every_nth
from tests.support.people import (
    CANARIES,
    COUNTS,
    KEY,
    KEY_BYTES,
    RETRIES,
    dashboard,
    files,
    run,
    secrets_of,
    users,
    write_secrets,
)
from tests.support.processes import CommandLine, assert_failed
from tests.support.sandbox import UnmarkedSandbox


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with UnmarkedSandbox(lambda: COUNTS) as sandbox:
        sandbox.users = users
        sandbox.campaigns = lambda: campaign_rows(NOW.date() - timedelta(days=90), NOW.date(), 100)
        yield sandbox


@pytest.fixture
def account(server: Sandbox) -> Account:
    return Account("default", "Contoso", server.base_url, server.keys)


def test_off_requests_and_stores_nothing(server: Sandbox, account: Account, store: Store) -> None:
    captured = run(account, store, DashboardSettings())
    assert captured.people_problem is None
    assert server.details_requests == 0
    assert not has_people(store)


@pytest.mark.parametrize("level", ["departments", "movement", "names"])
def test_the_level_decides_what_is_stored_and_no_name_ever_is(
    account: Account, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture, level: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        captured = run(account, store, dashboard(level))
    assert (captured.people_problem, captured.warnings) == (None, ())
    (week,) = load_department_weeks(store, "default", 10)
    assert list(week.departments) == ["Sales", "Smaller departments"]
    stored = files(tmp_path)
    assert not [canary for canary in CANARIES if canary.encode() in stored or canary in caplog.text]
    pseudonym = pseudonym_of(KEY_BYTES, "zyxcanary7@contoso.example")
    assert (pseudonym in stored) == (level != "departments")


@pytest.mark.parametrize(
    "table", [{}, {"people": "everyone"}, {"people": "movement"}], ids=["off", "faulty", "no list"]
)
def test_retention_continues_with_each_capture_at_every_level(
    server: Sandbox, account: Account, store: Store, tmp_path: Path, table: dict[str, Any]
) -> None:
    run(account, store, dashboard())
    server.users = lambda: users()[:69]
    run(account, store, dashboard(), NOW + timedelta(days=1))
    server.set_fault("details-forbidden")
    left = pseudonym_of(KEY_BYTES, "zyxcanary69@contoso.example")
    chosen = read_dashboard({"dashboard": {"pseudonym_key": KEY, "people_retention": "30d"} | table})
    for day, is_kept in ((29, True), (33, False)):
        run(account, store, chosen, NOW + timedelta(days=day))
        assert (left in files(tmp_path)) == is_kept
    assert load_captures(store, "default") == []
    assert pseudonym_of(KEY_BYTES, "zyxcanary7@contoso.example") not in files(tmp_path)


def test_the_command_deletes_what_has_expired_also_when_people_is_off(
    command_line: CommandLine, secrets: dict[str, Any], home: Path, account: Account, store: Store
) -> None:
    run(account, store, dashboard())
    with store.writing() as connection:
        connection.execute(people_captures.update().values(taken_at=people_captures.c.taken_at - 500 * 86_400))
        connection.execute(grade_intervals.update().values(began=grade_intervals.c.began - 500 * 86_400))
    assert load_captures(store, "default")
    write_secrets(home, secrets | {"dashboard": {}})
    assert command_line("snapshot").returncode == 0
    assert load_captures(store, "default") == []


def test_a_faulty_retention_deletes_nothing(account: Account, store: Store) -> None:
    run(account, store, dashboard())
    run(account, store, dashboard(people_retention="9 years"), NOW + timedelta(days=500))
    assert len(load_captures(store, "default")) == 1


def test_the_snapshot_is_stored_when_the_list_fails(server: Sandbox, account: Account, store: Store) -> None:
    server.set_fault("details-forbidden")
    captured = run(account, store, dashboard())
    assert captured.people_problem is not None
    assert captured.people_problem.title == "Missing permission"
    assert store.newest("default") == captured.snapshot
    assert not has_people(store)


def test_a_short_list_and_odd_rows_are_reported_without_a_name(server: Sandbox, account: Account, store: Store) -> None:
    server.set_fault("details-short")
    assert "The list may be incomplete" in run(account, store, dashboard()).warnings[0]
    server.set_fault("details-odd-rows")
    (warning,) = run(account, store, dashboard(), NOW + timedelta(days=1)).warnings
    assert "1 row without an address" in warning
    assert not [canary for canary in CANARIES if canary.lower() in warning.lower()]


def test_another_key_is_refused_before_anything_is_requested(server: Sandbox, account: Account, store: Store) -> None:
    run(account, store, dashboard())
    requests = server.details_requests
    other = base64.b64encode(b"o" * 32).decode()
    captured = run(account, store, dashboard(pseudonym_key=other), NOW + timedelta(days=1))
    assert captured.people_problem is not None
    assert "people forget" in captured.people_problem.remedy
    assert server.details_requests == requests


def test_every_account_of_a_run_gets_its_list(account: Account, store: Store) -> None:
    """Also where the campaigns are requested before it."""
    (batch,) = capture_all([account], store, retry_policy=RETRIES, dashboard=dashboard(campaigns=True))
    assert isinstance(batch[0].outcome, CapturedSnapshot)
    assert len(load_captures(store, "default")) == 1
    assert has_campaigns(store, "default")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"people": "everyone"}, "people"),
        ({"people": "movement"}, "pseudonym_key"),
        ({"people": "names", "pseudonym_key": base64.b64encode(b"short").decode()}, "pseudonym_key"),
        ({"people": "departments", "min_group_size": 4}, "min_group_size"),
        ({"people": "departments", "people_retention": "long"}, "people_retention"),
    ],
)
def test_a_faulty_key_stops_lists_and_is_named_with_its_remedy(table: dict[str, Any], key: str) -> None:
    chosen = read_dashboard({"dashboard": table})
    assert chosen.people_level is PeopleLevel.OFF
    assert chosen.people_problem is not None
    assert key in chosen.people_problem.message
    assert chosen.people_problem.remedy
    assert "short" not in str(chosen.people_problem)


def test_a_faulty_key_that_the_level_does_not_need_stops_nothing() -> None:
    chosen = read_dashboard({"dashboard": {"people": "departments", "pseudonym_key": "no", "people_viewers": "no"}})
    assert chosen.people_level is PeopleLevel.DEPARTMENTS
    assert len(chosen.problems) == 2


@pytest.fixture
def secrets(server: Sandbox, store_url: str, home: Path) -> dict[str, Any]:
    """Return the settings of an account of the sandbox with the level `names`, and write them for the command line."""
    tables = secrets_of(server, store_url, people="names", pseudonym_key=KEY)
    write_secrets(home, tables)
    return tables


def test_a_lower_level_hides_what_is_stored_and_check_says_how_to_delete_it(
    command_line: CommandLine, secrets: dict[str, Any], home: Path, account: Account, store: Store
) -> None:
    run(account, store, dashboard("names"), datetime.now(NOW.tzinfo))
    write_secrets(home, secrets | {"dashboard": {}})
    assert "people forget" in command_line("check").stdout
    assert "Sales" not in command_line("export", "--data", "departments").stdout


def test_the_command_line_stores_exports_and_forgets(
    command_line: CommandLine, secrets: dict[str, Any], store_url: str
) -> None:
    assert command_line("snapshot").returncode == 0
    assert command_line("snapshot").returncode == 0
    departments = command_line("export", "--data", "departments").stdout.splitlines()
    assert departments[0] == "account,taken_at,department,a,b,c,d,f,other"
    assert [row.split(",")[2] for row in departments[1:]] == ["Sales", "Smaller departments"]
    assert command_line("export", "--data", "movement").stdout.startswith("account,then,now,grade_then,grade_now,users")
    checked = command_line("check")
    assert "Departments and people: Level “names”" in checked.stdout
    forgotten = command_line("people", "forget")
    assert (forgotten.returncode, "backups" in forgotten.stderr) == (0, True)
    folder = Path(store_url.removeprefix("sqlite:///")).parent
    assert pseudonym_of(KEY_BYTES, "zyxcanary7@contoso.example") not in files(folder)
    assert "No departments are stored" in command_line("export", "--data", "departments").stderr


FAULTY = {
    "wrong level": (
        {"people": "everyone"},
        "The value of people in [dashboard] is not a level",
        'Write "off", "departments", "movement" or "names".',
    ),
    "missing key": ({"people": "movement"}, "needs pseudonym_key", "os.urandom(32)"),
    "short key": (
        {"people": "names", "pseudonym_key": base64.b64encode(b"recognisable").decode()},
        "pseudonym_key in [dashboard] is not base64 of 32 bytes or more",
        "os.urandom(32)",
    ),
    "small group": ({"people": "departments", "min_group_size": 4}, "min_group_size in [dashboard]", "5 or more"),
    "retention": (
        {"people": "departments", "people_retention": "long"},
        "people_retention in [dashboard] is not a number of days or weeks",
        "400d",
    ),
}
"""Keys of [dashboard] that stop lists of users, with what names them and what says how to correct them."""


@pytest.mark.parametrize(("table", "name", "fix"), FAULTY.values(), ids=FAULTY)
def test_a_capture_with_a_faulty_key_stores_the_snapshot_names_the_key_and_exits_1(
    command_line: CommandLine,
    secrets: dict[str, Any],
    store_url: str,
    home: Path,
    table: dict[str, Any],
    name: str,
    fix: str,
) -> None:
    write_secrets(home, secrets | {"dashboard": table})
    done = command_line("snapshot")
    assert_failed(done, 1, name, fix)
    assert "70 users graded" in done.stdout
    assert "recognisable" not in done.stderr + done.stdout
    store = Store.open(store_url)
    assert store.newest("default") is not None
    assert not has_people(store)
    assert_failed(command_line("export", "--data", "departments"), 2, name)


def test_a_capture_with_another_key_stores_the_snapshot_and_exits_1(
    command_line: CommandLine, secrets: dict[str, Any], home: Path, account: Account, store: Store
) -> None:
    run(account, store, dashboard("names"))
    other = base64.b64encode(b"o" * 32).decode()
    write_secrets(home, secrets | {"dashboard": {"people": "movement", "pseudonym_key": other}})
    done = command_line("snapshot")
    assert_failed(done, 1, "pseudonym_key is not the key behind the stored pseudonyms", "people forget")
    assert "70 users graded" in done.stdout
    assert len(load_captures(store, "default")) == 1


@pytest.mark.parametrize(("table", "name", "fix"), every_nth([*FAULTY.values()], 3), ids=FAULTY)
def test_every_page_names_a_faulty_key_and_how_to_correct_it(
    isolated_pages: None,
    project: Path,
    secrets: dict[str, Any],
    account: Account,
    store: Store,
    table: dict[str, Any],
    name: str,
    fix: str,
) -> None:
    run(account, store, dashboard("names"))
    for page in ("Overview", "People"):
        app = run_page(project, page, secrets | {"dashboard": table})
        shown = text_of(app).replace("\\", "")
        assert name in shown
        assert fix in shown
        assert "Until then, no" in shown
        assert "Sales" not in html_of(app)
        assert "People" not in [link.proto.label for link in app.sidebar.get("page_link")]


def test_both_totals_are_kept_and_the_page_says_by_how_much_they_differ(
    isolated_pages: None, project: Path, secrets: dict[str, Any], account: Account, store: Store, server: Sandbox
) -> None:
    now = datetime.now(NOW.tzinfo)
    run(account, store, dashboard("names"), now - timedelta(days=1))
    assert "than the snapshot" not in html_of(run_page(project, "People", secrets))
    server.users = lambda: users()[:67]
    run(account, store, dashboard("names"), now)
    (_, capture) = load_captures(store, "default")
    assert (capture.listed, capture.graded, capture.summary_graded) == (67, 67, 70)
    shown = html_of(run_page(project, "People", secrets))
    assert "The list of users has 3 fewer graded users than the snapshot (67 and 70)" in shown


def test_the_page_shows_departments_and_movement_and_names_only_when_opened(
    isolated_pages: None, project: Path, secrets: dict[str, Any], account: Account, store: Store, server: Sandbox
) -> None:
    now = datetime.now(NOW.tzinfo)
    run(account, store, dashboard("names"), now - timedelta(days=32))
    server.users = lambda: [*users()[1:60], *users()[61:]]
    run(account, store, dashboard("names"), now)
    page = run_page(project, "People", secrets)
    assert "Of 9 users graded F" not in html_of(page)
    assert "stayed at D" in html_of(page)
    assert "Board" not in html_of(page)
    assert "Qwvname" not in html_of(page) + text_of(page)
    assert "Sentiment: A 0, B 0, C 0, D 0, F 0, not graded 68 of 68" in chart_alts(page)[1]
    assert [file.file_name.split("-")[2] for file in downloads_of(page)] == ["departments", "movement"]
    requests = server.details_requests
    click(page, "people_open")
    assert server.details_requests == requests + 1
    assert "Qwvname 65" in html_of(page)
    page.text_input(key="people_search").set_value("zyxcanary69@").run()
    assert "Qwvname 65" not in html_of(page)
    assert "Qwvname 69" in html_of(page)


def test_compare_shows_movement_beside_the_net_change(
    isolated_pages: None, project: Path, secrets: dict[str, Any], account: Account, store: Store, server: Sandbox
) -> None:
    now = datetime.now(NOW.tzinfo)
    run(account, store, dashboard(), now - timedelta(days=32))
    assert "Movement:" not in text_of(run_page(project, "Compare", secrets))
    server.users = lambda: users()[2:]
    run(account, store, dashboard(), now)
    shown = text_of(run_page(project, "Compare", secrets))
    assert "Movement:" in shown
    assert "2 users left" in shown


def test_setup_shows_the_level(isolated_pages: None, project: Path, secrets: dict[str, Any], store: Store) -> None:
    store.add([Snapshot("default", datetime.now(NOW.tzinfo), COUNTS)])
    shown = text_of(run_page(project, "Setup & data", secrets))
    assert "Level “names”: “movement”, plus a list of users at risk by name" in shown


def test_sample_data_shows_departments_and_movement_and_no_names(isolated_pages: None, project: Path) -> None:
    app = run_page(project, "People", {})
    assert "stayed at D" in html_of(app)
    assert len(app.get("plotly_chart")) == 2
    assert "by name" not in " ".join(header.value for header in app.header)


def test_with_the_level_off_the_page_explains_the_levels(
    isolated_pages: None, project: Path, secrets: dict[str, Any], account: Account, store: Store
) -> None:
    capture(account, store, retry_policy=RETRIES)
    page = run_page(project, "People", secrets | {"dashboard": {}})
    assert "Departments and movement are off" in text_of(page)


def test_movement_of_two_lists_is_that_of_their_users(account: Account, store: Store, server: Sandbox) -> None:
    run(account, store, dashboard())
    worse = [*users()]
    worse[0] = ListedUser(worse[0].address.upper(), "", "Sales", "F", ("", "", "", ""))
    server.users = lambda: worse
    run(account, store, dashboard(), NOW + timedelta(days=30))
    movement = load_movement(store, "default", NOW, NOW + timedelta(days=30))
    assert (movement.worsened(), movement.improved(), movement.joined, movement.left) == (1, 0, 0, 0)
