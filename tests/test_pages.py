"""Every page through Streamlit's AppTest: it runs without an exception, and shows the stored numbers.

AppTest needs no browser; `tests/browser` tests what is seen, clicked and downloaded.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import UNDEFINED
from mimecast.sandbox.server import Sandbox
from mimecast.store.scheduled_runs import save_runs
from mimecast.store.store import Store
from mimecast.ui.widgets.grade_tables import ALL_ROWS_KEY, LAST_ROWS
from tests.support.app import chart_alts, downloads_of, html_of, run_page, text_of
from tests.support.cards import cards_of
from tests.support.exhaustive import CROSSED

pytestmark = pytest.mark.usefixtures("isolated_pages")

PAGES = {"Overview": 3, "History": 3, "Compare": 2, "Report": 1}
"""The number of charts on each page that has any, by its title."""


@pytest.mark.parametrize("page", PAGES)
def test_sample_data_is_shown_without_settings(project: Path, page: str) -> None:
    app = run_page(project, page, {})
    assert len(chart_alts(app)) == PAGES[page]
    assert all("SAMPLE DATA" in json.dumps(json.loads(chart.proto.spec)) for chart in app.get("plotly_chart"))
    assert "at risk" in "\n".join([text_of(app), *chart_alts(app)])
    assert not app.warning


@pytest.mark.parametrize("page", PAGES)
def test_a_connected_account_is_asked_and_its_name_stays_text(
    project: Path, page: str, account_secrets: dict[str, Any], store_url: str
) -> None:
    app = run_page(project, page, account_secrets)
    assert len(list(Store.open(store_url).all_snapshots("default"))) == 1
    if page == "Compare":
        assert "Comparing needs snapshots of two days" in text_of(app)
    else:
        assert "&lt;b&gt;&#36;x&#36;" in app.get("plotly_chart")[0].proto.spec
    assert "SAMPLE" not in text_of(app)


def test_the_overview_states_each_grade_in_its_alternative_text(project: Path, account_secrets: dict[str, Any]) -> None:
    app = run_page(project, "Overview", account_secrets)
    stated = "A 525 (43.6%), B 341 (28.3%), C 210 (17.4%), D 87 (7.2%), F 41 (3.4%)"
    assert chart_alts(app)[1] == f"Users by SAFE Score grade: {stated}. 1,204 users graded."


def test_only_a_change_outside_the_normal_range_is_worse(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    steady = [
        Snapshot("default", now - timedelta(days=day), ScoreCounts(500, 200, 200, 80 + day % 3, 20))
        for day in range(20, 500)
    ]
    Store.open(store_url).add([*steady, Snapshot("default", now, ScoreCounts(500, 150, 150, 150, 50))])
    app = run_page(project, "Overview", account_secrets)
    assert [card.tone for card in cards_of(app)] == ["worse", "neither", "neither", "neither"]


def test_a_change_that_no_history_can_judge_has_no_colour(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    Store.open(store_url).add(
        [
            Snapshot("default", now - timedelta(days=31), ScoreCounts(50, 20, 20, 8, 2)),
            Snapshot("default", now, ScoreCounts(50, 20, 20, 15, 5)),
        ]
    )
    app = run_page(project, "Overview", account_secrets)
    at_risk, doing_well, grade_f, graded = cards_of(app)
    assert at_risk[:4] == ("At risk (D + F): 20 users", "18.2%", "+8.2 points", "neither")
    assert (grade_f.change, grade_f.tone) == ("+2.5 points", "neither")
    assert (doing_well.change, doing_well.tone) == ("−6.4 points", "neither")
    assert graded[:4] == ("Users graded", "110", "+10", "neither")
    assert {card.compared_to for card in cards_of(app)} == {at_risk.compared_to}
    assert at_risk.compared_to.startswith("since ")


def test_the_page_says_where_no_users_are_graded(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    Store.open(store_url).add([Snapshot("default", datetime.now(UTC) - timedelta(minutes=1), ScoreCounts())])
    app = run_page(project, "Overview", account_secrets)
    assert "No users are graded<" in html_of(app)
    assert "Grades appear once users engage with training" in html_of(app)
    (info,) = app.info
    assert info.value.startswith("No users were graded in this range")
    assert chart_alts(app) == []


def test_users_with_an_undocumented_grade_are_drawn_and_the_grade_is_named(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    odd = Snapshot(
        "default", datetime.now(UTC) - timedelta(minutes=1), ScoreCounts(1, 1, 1, 1, 1, 5), other_letters="E"
    )
    Store.open(store_url).add([odd])
    app = run_page(project, "Overview", account_secrets)
    assert "other 5 (50.0%)" in chart_alts(app)[1]
    assert "\\(E\\)" in app.info[0].value


def test_the_store_with_one_snapshot_three_users_and_no_past_is_drawn(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    Store.open(store_url).add(snapshots((0, ScoreCounts(1, 1, 1))))
    for page, count in {**PAGES, "Compare": 0}.items():
        app = run_page(project, page, account_secrets, {"range": "all"} if page != "Overview" else None)
        assert len(chart_alts(app)) == count


def snapshots(*taken: tuple[int, ScoreCounts]) -> list[Snapshot]:
    """Return snapshots taken so many days before a minute ago: the newest is fresh, so no refresh is requested."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    return [Snapshot("default", now - timedelta(days=days), counts) for days, counts in taken]


def test_two_dates_are_compared_and_headcount_is_separated_from_behaviour(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    then, now = ScoreCounts(900, 0, 0, 80, 20), ScoreCounts(1090, 0, 0, 80, 30)
    history = snapshots((90, ScoreCounts(800, 0, 0, 200)), (60, then), (0, now))
    Store.open(store_url).add(history)
    day = {days: (datetime.now(UTC) - timedelta(days=days, minutes=1)).date() for days in (60, 0)}
    app = run_page(project, "Compare", account_secrets, {"from": str(day[60]), "to": str(day[0])})
    text = text_of(app).replace("\\", "")
    assert "the share of users at risk fell from 10.0% to 9.2% (−0.8 points)." in text
    assert "100 of 1,000 users had grade D or F; 60 days later, 110 of 1,200 users did." in text
    assert "Users graded rose by 20.0%, from 1,000 to 1,200." in text
    assert [(card.label, card.value) for card in cards_of(app)] == [
        ("Net change in users at risk", "+10"),
        ("Headcount", "+20"),
        ("Behaviour", "−10"),
    ]
    assert "A 90.0% then, 90.8% now (+0.8 points)" in chart_alts(app)[0]
    spec = app.get("plotly_chart")[0].proto.spec
    assert "1,000 users graded" in spec
    assert "1,200 users graded" in spec
    assert "&lt;b&gt;&#36;x&#36;" in spec
    assert "2 of 61 days have a snapshot" in chart_alts(app)[1]
    (table,) = pd.read_html(io.StringIO(html_of(app)))
    assert list(table["Grade"]) == [*"ABCDF", "At risk (D + F)", "Doing well (A + B)", "Users graded"]
    assert [text.replace("\u00a0", " ") for text in table["Change"]][-3:] == [
        "+10 (−0.8 points)",
        "+190 (+0.8 points)",
        "+200",
    ]
    assert "Net changes: totals do not show individual moves." in app.caption[-1].value


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"from": "2026-02-30"}, "from\\=2026\\-02\\-30, which is not a date"),
        ({"from": "<b>"}, "from\\=\\<b\\>, which is not a date"),
        ({"to": "2999-01-01"}, "to\\=2999\\-01\\-01, which is not a date"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "ends \\(2026\\-02\\-01\\) before it begins"),
        ({"from": "2011-01-01"}, "There is no snapshot on 1 Jan 2011 or in the 7 days before"),
    ],
)
def test_dates_that_cannot_be_compared_are_reported_and_30_days_are_compared(
    project: Path, account_secrets: dict[str, Any], store_url: str, query: dict[str, str], complaint: str
) -> None:
    Store.open(store_url).add(snapshots((30, ScoreCounts(9, 0, 0, 1)), (0, ScoreCounts(8, 0, 0, 2))))
    app = run_page(project, "Compare", account_secrets, query)
    assert complaint in app.info[0].value
    assert "the day 30 days earlier is used instead" in app.info[0].value
    assert len(app.info) == 1
    assert "rose from 10\\.0% to 20\\.0%" in text_of(app)


def test_history_shows_its_last_days_at_once_and_all_days_on_request(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    counts = ScoreCounts(5000, 2000, 2000, 800, 200)
    Store.open(store_url).add(snapshots(*((days, counts) for days in range(20) if days != 3)))
    app = run_page(project, "History", account_secrets, {"range": "all"})
    (table,) = pd.read_html(io.StringIO(html_of(app)), thousands="_", keep_default_na=False)
    assert list(table["A"]) == [*["5,000"] * 3, UNDEFINED, *["5,000"] * 3]
    assert table["At risk (D + F)"][0].replace("\u00a0", " ") == "1,000 (10.0%)"
    assert not app.dataframe
    app.session_state[ALL_ROWS_KEY] = True
    (all_rows,) = app.run().dataframe
    assert list(all_rows.value["A"].isna()) == [days == 3 for days in reversed(range(20))]
    assert list(all_rows.value["At risk"])[-1] == 1000


def test_history_of_a_week_has_no_longer_table(project: Path, account_secrets: dict[str, Any], store_url: str) -> None:
    Store.open(store_url).add(snapshots(*((days, ScoreCounts(1)) for days in range(LAST_ROWS))))
    app = run_page(project, "History", account_secrets, {"range": "all"})
    (table,) = pd.read_html(io.StringIO(html_of(app)))
    assert len(table) == LAST_ROWS
    assert [expander.label for expander in app.expander] == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"range": "30d"}, "Daily values (UTC)"),
        ({"range": "30d", "by": "week"}, "Weekly values (UTC)"),
        ({"range": "all", "by": "month"}, "Monthly values (UTC)"),
        ({"range": "all", "by": "day"}, "Daily values would need 731 data points; a line has room for 400."),
    ],
)
def test_history_has_the_requested_resolution_or_says_why_not(
    project: Path, query: dict[str, str], sentence: str
) -> None:
    app = run_page(project, "History", {}, query)
    assert sentence in text_of(app)
    assert not app.info


def test_an_unknown_resolution_is_reported(project: Path) -> None:
    app = run_page(project, "History", {}, {"by": "fortnight"})
    assert "by\\=fortnight, which is none of day, week and month" in app.info[0].value
    assert "Daily values" in text_of(app)


@CROSSED
@pytest.mark.parametrize(
    "secrets",
    [
        {"mimecast": {}},
        {"mimecast": {"acess_key": "x"}},
        {"mimecast": "x"},
        {"mimecast": {"client_id": "x"}},
        {"connections": {"snapshots": {"url": "nonsense"}}, "mimecast": {}},
    ],
    ids=["empty table", "misspelt key", "not a table", "half of API 2.0", "two mistakes"],
)
@pytest.mark.parametrize("page", PAGES)
def test_wrong_settings_are_reported_and_never_replaced_by_sample_data(
    project: Path, page: str, secrets: dict[str, Any]
) -> None:
    app = run_page(project, page, secrets)
    assert app.warning
    assert chart_alts(app) == []
    assert "SAMPLE" not in text_of(app)


def test_a_file_that_is_damaged_while_a_page_is_open_is_set_aside_and_named_until_it_is_moved_away(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    old = Snapshot("default", datetime.now(UTC) - timedelta(days=3), ScoreCounts(5, 4, 3, 2, 1))
    Store.open(store_url).add([old])
    app = run_page(project, "Overview", account_secrets)
    file = Path(store_url.removeprefix("sqlite:///"))
    file.write_bytes(bytes(4096) + file.read_bytes()[4096:])
    for _ in range(2):
        app.run()
        assert not app.exception
    (aside,) = file.parent.glob("*.damaged-*")
    app = run_page(project, "Overview", account_secrets)
    assert [
        warning.value
        for warning in app.warning
        if f"The damaged file is kept as {aside.name} in the same folder" in warning.value.replace("\\", "")
    ]
    assert [snapshot.counts for snapshot in Store.open(store_url).all_snapshots("default")] == [
        ScoreCounts(525, 341, 210, 87, 41)
    ]
    aside.unlink()
    app.run()
    assert not [warning for warning in app.warning if "damaged" in str(warning.value)]


def open_connection(project: Path, secrets: dict[str, Any]) -> AppTest:
    app = run_page(project, "Overview", secrets)
    app.switch_page("pages/connection.py").run()
    assert not app.exception
    return app


def test_the_connection_is_checked_step_by_step(project: Path, account_secrets: dict[str, Any]) -> None:
    app = open_connection(project, account_secrets)
    assert "Not checked yet." in text_of(app)
    app.button(key="check").click().run()
    shown = text_of(app)
    assert shown.count("**: OK") == 12
    assert "1,204 users graded" in shown
    assert "Everything works" in shown
    assert "Request id: " in app.code[0].value


def test_a_step_that_fails_says_what_to_do(project: Path, account_secrets: dict[str, Any], sandbox: Sandbox) -> None:
    app = open_connection(project, account_secrets)
    sandbox.set_fault("forbidden")
    app.button(key="check").click().run()
    shown = text_of(app).replace("\\", "")
    assert "**Permission**: failed" in shown
    assert "**Missing permission.** Give the application's role" in shown
    assert "**Data**: not reached" in shown


@pytest.mark.parametrize("secrets", [{"mimecast": {"acess_key": "x"}}, {}], ids=["wrong settings", "sample data"])
def test_the_connection_page_is_there_without_a_real_account(project: Path, secrets: dict[str, Any]) -> None:
    app = open_connection(project, secrets)
    app.button(key="check").click().run()
    assert ("**Settings**: failed" in text_of(app)) is bool(secrets)


def test_the_last_scheduled_run_and_the_next_one_are_shown(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC)
    store = Store.open(store_url)
    for days in (4, 3, 2, 1):
        began = now - timedelta(days=days, seconds=days)
        save_runs(store, Run("default", began, began, RunOutcome.STORED))
    shown = text_of(open_connection(project, account_secrets)).replace("\\", "")
    assert "The last run ended 1 day ago" in shown
    assert "It stored a snapshot." in shown
    assert "and has not happened." in shown
    save_runs(store, Run("default", now, now, RunOutcome.FAILED, "Missing permission", "Mimecast said no."))
    shown = text_of(open_connection(project, account_secrets)).replace("\\", "")
    assert "It failed. Missing permission: Mimecast said no." in shown
    assert "Runs are about 1 day apart; the next one is expected on" in shown


def picture_text(app: AppTest) -> str:
    """Return all text of the report's picture."""
    (figure,) = app.get("plotly_chart")
    return "\n".join(
        annotation.get("text", "") for annotation in json.loads(figure.proto.spec)["layout"]["annotations"]
    )


def test_the_report_follows_its_url(project: Path, account_secrets: dict[str, Any], store_url: str) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    Store.open(store_url).add(
        Snapshot("default", now - timedelta(days=ago), ScoreCounts(100, 40, 30, 20 + ago, 10)) for ago in range(100)
    )
    params = {"range": "90d", "compare": "7d", "title": "Board <b>pack</b>", "name": "0"}
    app = run_page(project, "Report", account_secrets, params)
    week = (now - timedelta(days=7)).date()
    assert f"{week.day} " in picture_text(app)
    assert "in 7 days" in picture_text(app)
    assert "Board &lt;b&gt;pack&lt;/b&gt;" in picture_text(app)
    assert "Contoso" not in picture_text(app)
    assert chart_alts(app)[0].startswith("Board <b>pack</b>. 15.0% of users are at risk, down from ")
    assert [download.file_name.rpartition(".")[2] for download in downloads_of(app)] == [
        "pptx",
        "xlsx",
        "pdf",
        "png",
        "html",
    ]


@pytest.mark.parametrize("page", ["Overview", "History", "Compare", "Report"])
def test_every_file_of_an_account_has_its_name(
    project: Path, account_secrets: dict[str, Any], store_url: str, page: str
) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    Store.open(store_url).add(Snapshot("default", now - timedelta(days=ago), ScoreCounts(5, 4)) for ago in range(31))
    files = downloads_of(run_page(project, page, account_secrets))
    stem = f"safe-score-{page.lower()}-contoso-ltd-b-x-b-{now.date()}"
    assert {download.file_name.rpartition(".")[0] for download in files} == {stem}


def test_a_report_of_days_without_a_snapshot_reports_it(project: Path, account_secrets: dict[str, Any]) -> None:
    app = run_page(project, "Report", account_secrets, {"range": "own", "from": "2020-01-01", "to": "2020-02-01"})
    assert "No snapshot was taken from 1 Jan 2020 to 1 Feb 2020. Choose another range." in text_of(app)
    assert not app.get("plotly_chart")
    assert not downloads_of(app)


def test_a_report_reports_invalid_options_in_its_url(project: Path) -> None:
    app = run_page(project, "Report", {}, {"compare": "<b>never</b>", "notes": "all", "name": "maybe"})
    complaints = " ".join(info.value for info in app.info)
    assert "compare\\=\\<b\\>never" in complaints
    assert "notes\\=all" in complaints
    assert "name\\=maybe" in complaints
