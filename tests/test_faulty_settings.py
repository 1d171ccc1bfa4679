"""Pages with settings that are partly faulty: what is right is used, and what is wrong is named with its remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.store.store import Store
from tests.support.app import make_app, run_page, text_of

pytestmark = pytest.mark.usefixtures("isolated_pages")


def warnings_of(app: AppTest) -> list[str]:
    return [warning.value.replace("\\", "") for warning in app.warning]


def test_a_faulty_key_of_the_dashboard_is_named_with_its_default_and_the_others_are_used(
    project: Path, account_secrets: dict[str, Any]
) -> None:
    faulty = {"time_zone": "Pacific/Auckland", "pptx_template": "none.pptx", "refresh_afte": "1h"}
    app = run_page(project, "Overview", account_secrets | {"dashboard": faulty})
    template, key, *_ = warnings_of(app)
    assert "pptx_template in [dashboard] refers to" in template
    assert template.endswith("Until then, reports use the built-in template.")
    assert "Did you mean refresh_after? Until then, it is 6 hours." in key
    assert "Pacific/Auckland" in text_of(app).replace("\\", "")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"dashbord": {"time_zone": "UTC"}}, "The table [dashbord] is unknown. Did you mean [dashboard]?"),
        ({"connections": {"snapshot": {"url": "sqlite:///x.db"}}}, "Did you mean [connections.snapshots]?"),
    ],
)
def test_a_misspelt_table_is_named_once(
    project: Path, account_secrets: dict[str, Any], table: dict[str, Any], message: str
) -> None:
    app = make_app(project, account_secrets | table).run()
    assert not app.exception
    (warning,) = [text for text in warnings_of(app) if text.startswith("The table ")]
    assert message in warning


def test_one_faulty_account_is_named_and_the_others_are_shown(
    project: Path, account_secrets: dict[str, Any], sandbox: Sandbox, store_url: str
) -> None:
    bad_snapshot = Snapshot("bad", datetime.now(UTC) - timedelta(hours=1), ScoreCounts(33001, 22002, 11003, 7004, 4305))
    Store.open(store_url).add([bad_snapshot])
    accounts = {"bad": {"name": "Bad Ltd", "client_id": "recognisable"}, "good": account_secrets["mimecast"]}
    secrets = account_secrets | {"mimecast": {"accounts": accounts}}
    app = run_page(project, "Overview", secrets)
    assert [warning for warning in warnings_of(app) if "[mimecast.accounts.bad] lacks client_secret" in warning]
    assert "1,204 users graded" in text_of(app)
    app = run_page(project, "Overview", secrets, {"account": "bad"})
    assert "77,315 users graded" in text_of(app), "its history is still shown, under its name"
    assert "Bad Ltd" in text_of(app)
    assert sandbox.summary_requests == 1
    app = run_page(project, "Setup & data", secrets, {"account": "bad"})
    (button,) = [button for button in app.button if button.key == "check"]
    button.click().run()
    assert "lacks client_secret" in text_of(app).replace("\\", "")
    assert "recognisable" not in text_of(app)


def test_a_wait_of_a_day_is_shown_with_its_date(
    project: Path, account_secrets: dict[str, Any], sandbox: Sandbox
) -> None:
    sandbox.set_fault("rate-limited-date")
    app = run_page(project, "Overview", account_secrets)
    end = datetime.now(UTC) + timedelta(hours=24)
    (warning,) = [text for text in warnings_of(app) if "Mimecast answered with status 429" in text]
    assert f"Try again after {end.day} {end:%b %Y}, " in warning
    assert f"The next automatic attempt is after {end.day} {end:%b %Y}, " in warning
