"""Bad input: the page still draws, one plain sentence names the cause and the remedy, and nothing stored is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.store.store import Store
from tests.support.browser import alerts, chart_alts, open_page
from tests.support.exhaustive import EXHAUSTIVE, every_nth
from tests.support.server import RunApp
from tests.support.waiting import wait_until

KEYS = """base_url = "https://eu-api.mimecast.com"
access_key = "recognisable-access"
app_id = "recognisable-id"
app_key = "recognisable-key"
"""

SETTINGS = {
    "wrong key name": (f'[mimecast]\n{KEYS}secret_kee = "c2VjcmV0"\n', "Did you mean secret_key?"),
    "secret key that is not base64": (f'[mimecast]\n{KEYS}secret_key = "recognisable!"\n', "is not base64"),
    "key missing": (f"[mimecast]\n{KEYS}", "[mimecast] lacks secret_key"),
    "misspelt table": ("[mimcast]\n", "Did you mean [mimecast]?"),
    "unknown time zone": (
        f'[mimecast]\n{KEYS}secret_key = "c2VjcmV0"\n[dashboard]\ntime_zone = "Mars"\n',
        "time_zone in [dashboard] is not the name of a time zone",
    ),
}


@pytest.fixture
def unchanged_store_url(tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a store with one old snapshot, and check afterwards that nothing in it has changed."""
    file = tmp_path / "kept" / "snapshots.db"
    url = f"sqlite:///{file}"
    old = Snapshot("default", datetime.now(UTC) - timedelta(hours=1), ScoreCounts(5, 4, 3, 2, 1))
    Store.open(url).add([old])
    yield url
    assert list(Store.open(url).all_snapshots("default")) == [old]


@EXHAUSTIVE
@pytest.mark.parametrize(("secrets", "message"), every_nth([*SETTINGS.values()], 5), ids=SETTINGS)
def test_settings_that_are_wrong_are_named_and_what_is_stored_is_shown(
    run_app: RunApp, tab: Page, unchanged_store_url: str, secrets: str, message: str
) -> None:
    with run_app({"SNAPSHOTS_URL": unchanged_store_url}, secrets=secrets) as url:
        for page in ("", "history"):
            open_page(tab, f"{url}/{page}")
            expect(tab.get_by_test_id("stAlert").filter(has_text=message)).to_be_visible()
            assert "15 users graded" in tab.get_by_test_id("stMain").inner_text()
            assert "recognisable" not in tab.content()
            assert "SAMPLE DATA" not in tab.content()


def test_a_file_that_is_not_toml_shows_the_reason_and_no_number(
    run_app: RunApp, tab: Page, unchanged_store_url: str
) -> None:
    with run_app(
        {"SNAPSHOTS_URL": unchanged_store_url}, secrets="[mimecast]\naccess_key = recognisable-access\n"
    ) as url:
        for page in ("", "history"):
            tab.goto(f"{url}/{page}")
            alert = tab.get_by_test_id("stAlert").filter(has_text="is not valid TOML, at line 2")
            expect(alert).to_contain_text("No page is shown until this is fixed.")
            assert "15 users" not in tab.content()
            assert "recognisable" not in tab.content()


@EXHAUSTIVE
@pytest.mark.parametrize("secrets", [None, "", "# nothing yet\n"], ids=["no file", "empty file", "only a comment"])
def test_without_settings_there_is_sample_data_and_no_complaint(
    run_app: RunApp, tab: Page, secrets: str | None
) -> None:
    with run_app(secrets=secrets) as url:
        open_page(tab, url)
        expect(tab.get_by_text("SAMPLE DATA", exact=True)).to_be_visible()
        expect(alerts(tab)).to_have_count(0)


@EXHAUSTIVE
def test_a_store_that_cannot_be_written_is_shown_and_named(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], unchanged_store_url: str
) -> None:
    file = Path(unchanged_store_url.removeprefix("sqlite:///"))
    file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        with run_app({**account_variables, "SNAPSHOTS_URL": unchanged_store_url}, is_unprivileged=True) as url:
            open_page(tab, url)
            expect(tab.get_by_test_id("stAlert").filter(has_text="The store is read-only")).to_be_visible()
            assert "15 users graded" in tab.get_by_test_id("stMain").inner_text()
            expect(tab.get_by_role("button", name="Refresh")).to_be_disabled()
            assert len(chart_alts(tab)) == 3
    finally:
        file.parent.chmod(0o755)
        file.chmod(0o644)


@EXHAUSTIVE
def test_a_file_that_is_no_database_is_named_and_left_unchanged(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear all, this is not a database. " * 100)
    with run_app({**account_variables, "SNAPSHOTS_URL": f"sqlite:///{file}"}) as url:
        for page in ("", "history"):
            open_page(tab, f"{url}/{page}", has_charts=False)
            expect(tab.get_by_test_id("stAlert").filter(has_text="is not a SQLite database")).to_be_visible()
            expect(tab.get_by_text("No numbers can be shown, since the store cannot be used.")).to_be_visible()
    assert file.read_bytes() == b"Dear all, this is not a database. " * 100


def test_a_store_that_is_deleted_while_the_dashboard_runs_is_created_again(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], store_url: str
) -> None:
    with run_app(account_variables) as url:
        open_page(tab, url)
        expect(tab.get_by_text("1,204 users graded").first).to_be_visible()
        shutil.rmtree(Path(store_url.removeprefix("sqlite:///")).parent)
        open_page(tab, url, has_charts=False)
        open_page(tab, url)
        expect(tab.get_by_text("1,204 users graded").first).to_be_visible()
        assert len(list(Store.open(store_url).all_snapshots("default"))) == 1


@EXHAUSTIVE
def test_while_mimecast_cannot_be_reached_the_page_shows_what_is_stored_and_why(
    run_app: RunApp, tab: Page, account_variables: dict[str, str], unchanged_store_url: str
) -> None:
    refused = {**account_variables, "MIMECAST_BASE_URL": "http://127.0.0.1:9", "SNAPSHOTS_URL": unchanged_store_url}
    with run_app(refused) as url:
        open_page(tab, url)
        expect(alerts(tab)).to_have_count(0)
        tab.get_by_role("button", name="Refresh", exact=True).click()
        alert = tab.get_by_test_id("stAlert").filter(has_text="Mimecast cannot be reached")
        expect(alert).to_be_visible()
        expect(alert).to_contain_text("Check base_url")
        expect(alert).to_contain_text("The numbers shown were stored earlier.")
        assert "15 users graded" in tab.get_by_test_id("stMain").inner_text()


@EXHAUSTIVE
def test_wrong_keys_are_explained_on_the_page(run_app: RunApp, tab: Page, account_variables: dict[str, str]) -> None:
    wrong = {**account_variables, "MIMECAST_SECRET_KEY": "cmVjb2duaXNhYmxl"}
    with run_app(wrong) as url:
        open_page(tab, url, has_charts=False)
        alert = tab.get_by_test_id("stAlert").filter(has_text="Mimecast rejected the credentials")
        expect(alert).to_be_visible()
        expect(alert).to_contain_text("err_xdk_invalid_signature")
        expect(alert).to_contain_text("Request id:")
        assert "cmVjb2duaXNhYmxl" not in tab.content()
        expect(tab.get_by_test_id("stPlotlyChart")).to_have_count(0)


def test_settings_written_and_fixed_while_the_dashboard_runs_are_taken_at_the_next_reload(
    run_app: RunApp, tab: Page, sandbox: Sandbox, tmp_path: Path
) -> None:
    keys = sandbox.keys
    right = (
        f'[mimecast]\nname = "Contoso"\nbase_url = "{sandbox.base_url}"\naccess_key = "{keys.access_key}"\n'
        f'secret_key = "{keys.secret_key}"\napp_id = "{keys.app_id}"\napp_key = "{keys.app_key}"\n'
    )
    wrong = right.replace("app_key", "ap_key")
    file = tmp_path / "clone" / ".streamlit" / "secrets.toml"

    def after_reload(text: str) -> bool:
        open_page(tab, url, has_charts=False)
        return text in tab.get_by_test_id("stMain").inner_text()

    with run_app({}) as url:
        assert after_reload("SAMPLE DATA")
        file.touch(mode=0o600)
        file.write_text(wrong)
        wait_until(lambda: after_reload("Did you mean app_key?"))
        file.write_text(right)
        wait_until(lambda: after_reload("Contoso · "))
        file.write_text("[mimecast")
        tab.goto(url)
        expect(tab.get_by_test_id("stAlert").filter(has_text="is not valid TOML")).to_be_visible(timeout=60_000)
        file.write_text(right)
        wait_until(lambda: after_reload("Contoso · "))
        expect(alerts(tab)).to_have_count(0)
        file.write_text(right.replace("Contoso", "Fabrikam"))
        wait_until(lambda: after_reload("Fabrikam · "))
