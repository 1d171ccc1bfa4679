"""The Accounts page through AppTest: sums, states, the way there; what is clicked is held by `tests/browser`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.store.causes.implausible import accept_answers, load_open_marks, mark_new_answer
from mimecast.store.scheduled_runs import save_runs
from mimecast.store.store import Store
from mimecast.text.causes import implausible_answers_sentence
from tests.support.app import make_app, text_of, wait_for_refresh
from tests.support.cards import cards_of

pytestmark = pytest.mark.usefixtures("isolated_pages")

ODD = "Fabrikam *Inc* <b>$x$</b> :material/delete: x"


def secrets_of(sandbox: Sandbox, store_url: str, **names: str) -> dict[str, Any]:
    keys = {key: getattr(sandbox.keys, key) for key in ("access_key", "secret_key", "app_id", "app_key")}
    accounts = {account: {"name": name, "base_url": sandbox.base_url, **keys} for account, name in names.items()}
    return {"mimecast": {"accounts": accounts}, "connections": {"snapshots": {"url": store_url}}}


def run_accounts_page(project: Path, secrets: dict[str, Any]) -> AppTest:
    app = make_app(project, secrets).run()
    wait_for_refresh(app)
    app.switch_page("pages/accounts.py").run()
    assert not app.exception
    return app


def test_all_accounts_with_their_states_and_what_they_add_up_to(
    project: Path, sandbox: Sandbox, store: Store, store_url: str
) -> None:
    now = datetime.now(UTC)
    store.add([Snapshot("contoso", now - timedelta(minutes=1), ScoreCounts(50, 20, 20, 8, 2))])
    store.add([Snapshot("fabrikam", now - timedelta(days=3), ScoreCounts(500, 200, 200, 80, 20))])
    store.add([Snapshot("proseware", now - timedelta(hours=1), ScoreCounts())])
    save_runs(store, Run("proseware", now, now, RunOutcome.FAILED, "Missing permission", "It said no."))
    names = {"contoso": "Contoso", "fabrikam": ODD, "proseware": "Contoso", "litware": "Litware"}
    app = run_accounts_page(project, secrets_of(sandbox, store_url, **names))
    assert [(card.label, card.value) for card in cards_of(app)] == [
        ("Users graded, all accounts", "1,100"),
        ("Users at risk (D + F), all accounts", "110 users"),
        ("At risk, all accounts", "10.0%"),
    ]
    text = text_of(app).replace("\\", "")
    assert "Contoso (proseware): the last capture failed." in text
    assert "Litware: no snapshot yet. 1 of 4 accounts is up to date." in text
    assert "Totals of 3 accounts: the newest snapshot of each, taken between " in text
    assert "1 account without a snapshot is not included." in text
    (table,) = app.dataframe
    shown = table.value
    assert list(shown["Account"])[:3:2] == ["Contoso (contoso)", "Contoso (proseware)"], "told apart by their ids"
    assert ":material/" not in shown["Account"][1]
    assert [state for (state,) in shown["State"]] == ["fresh", "stale", "failing", "nothing yet"]
    assert list(shown["Reason"]) == [
        "",
        "The newest snapshot was taken 3 days ago.",
        "Missing permission: It said no.",
        "No snapshot has been taken yet.",
    ]
    assert "4 accounts" in table.proto.alt
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert len(spec["data"]) == 2
    assert "&lt;b&gt;" in json.dumps(spec["layout"]["annotations"])


def test_the_page_asks_mimecast_for_nothing_and_has_no_button_that_does(
    project: Path, sandbox: Sandbox, store: Store, store_url: str
) -> None:
    store.add([Snapshot("contoso", datetime.now(UTC), ScoreCounts(5, 4, 3, 2, 1))])
    app = run_accounts_page(project, secrets_of(sandbox, store_url, contoso="Contoso", fabrikam="Fabrikam"))
    for _ in range(3):
        app.run()
    assert sandbox.summary_requests == 0
    assert store.accounts() == ["contoso"]
    assert not [button for button in app.button if button.key == "refresh"]


def test_what_failed_behind_a_page_is_the_reason_that_is_shown(
    project: Path, sandbox: Sandbox, store: Store, store_url: str
) -> None:
    sandbox.set_fault("forbidden")
    secrets = secrets_of(sandbox, store_url, contoso="Contoso", fabrikam="Fabrikam")
    (table,) = run_accounts_page(project, secrets).dataframe
    assert [state for (state,) in table.value["State"]] == ["failing", "nothing yet"]
    assert table.value["Reason"][0].startswith("Missing permission: ")


def test_a_direct_visit_with_sample_data_shows_it_and_reports_it(project: Path) -> None:
    app = run_accounts_page(project, {})
    (table,) = app.dataframe
    assert len(table.value) == 1
    assert "SAMPLE DATA" in json.dumps(json.loads(app.get("plotly_chart")[0].proto.spec))
    assert "SAMPLE DATA" in text_of(app)


def test_the_sidebar_leads_there_where_there_is_more_than_one_account(
    project: Path, sandbox: Sandbox, store_url: str
) -> None:
    def links(secrets: dict[str, Any]) -> list[str]:
        app = run_accounts_page(project, secrets)
        return [link.proto.label for link in app.get("page_link")]

    assert "Accounts" in links(secrets_of(sandbox, store_url, contoso="Contoso", fabrikam="Fabrikam"))
    assert "Accounts" not in links(secrets_of(sandbox, store_url, contoso="Contoso"))
    assert "Accounts" not in links({})


def test_with_wrong_settings_what_is_stored_is_shown_and_the_mistake_named(project: Path, store_url: str) -> None:
    Store.open(store_url).add([Snapshot("contoso", datetime.now(UTC), ScoreCounts(5, 4, 3, 2, 1))])
    wrong = {"mimecast": {"acess_key": "x"}, "connections": {"snapshots": {"url": store_url}}}
    app = run_accounts_page(project, wrong)
    assert app.warning
    assert list(app.dataframe[0].value["Account"]) == ["contoso"]


def test_an_account_with_an_implausible_answer_is_named_here_and_on_the_status_board(
    project: Path, sandbox: Sandbox, store: Store, store_url: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    good = ScoreCounts(500, 200, 200, 80, 20)
    store.add([Snapshot(account, now - timedelta(hours=2), good) for account in ("contoso", "fabrikam")])
    doubtful = Snapshot("fabrikam", now - timedelta(hours=1), ScoreCounts(100))
    store.add([doubtful])
    with store.writing() as connection:
        mark_new_answer(store, connection, doubtful, now)
    secrets = secrets_of(sandbox, store_url, contoso="Contoso", fabrikam="Fabrikam")
    app = run_accounts_page(project, secrets)
    marks = load_open_marks(store, "fabrikam")
    sentence = implausible_answers_sentence(marks, UTC)
    assert "has 100 users graded, compared with 1,000 on" in sentence
    assert "Fabrikam: an answer is implausible. 2 of 2 accounts" in text_of(app).replace("\\", "")
    assert app.dataframe[0].value["Reason"].tolist() == ["", sentence]
    app.switch_page("pages/connection.py").run()
    assert f"Fabrikam: {sentence}" in text_of(app).replace("\\", "")
    accept_answers(store, marks)
    app.switch_page("pages/accounts.py").run()
    assert "implausible" not in text_of(app)
    assert app.dataframe[0].value["Reason"].tolist() == ["", ""]
