"""Notifications from the command line: `snapshot` sends them, `notify` previews and tests them, `check` sends none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from tests.support.app import run_page, text_of
from tests.support.processes import CommandLine, assert_failed
from tests.support.receivers import WebReceiver

ALERT = "Contoso: implausible answer from Mimecast"


def write_settings(home: Path, *lines: str) -> None:
    file = home / ".streamlit" / "secrets.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(["[notify]", *lines]))
    file.chmod(0o600)


@pytest.fixture
def suspicious_store(store_url: str) -> str:
    """Return a store in which the next answer is implausible: yesterday, ten times as many users were graded."""
    yesterday = Snapshot("default", datetime.now(UTC) - timedelta(days=1), ScoreCounts(5000, 4000, 2000, 1000, 300))
    Store.open(store_url).add([yesterday])
    return store_url


@pytest.mark.usefixtures("suspicious_store")
def test_a_snapshot_run_sends_its_alert_and_its_heartbeat(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, web: WebReceiver
) -> None:
    write_settings(home, f'urls = ["{web.url()}"]', f'heartbeat_url = "http://127.0.0.1:{web.port}/ping"')
    done = command_line("snapshot", variables=account_variables)
    assert done.returncode == 0
    assert "marked as implausible" in done.stderr
    assert [path for path, _ in web.requests] == ["/ping", "/recognisable"]
    assert json.loads(web.requests[1][1])["title"] == ALERT
    assert f"accepted. Alert: {ALERT}" in done.stdout
    assert command_line("snapshot", variables=account_variables).returncode == 0
    assert web.requests[2][0] == "/ping"
    assert ALERT not in [json.loads(body)["title"] for path, body in web.requests[3:] if path == "/recognisable"]


@pytest.mark.usefixtures("suspicious_store")
def test_a_failed_delivery_is_reported_and_the_snapshot_stored(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, web: WebReceiver, store_url: str
) -> None:
    web.status = 500
    write_settings(home, f'urls = ["{web.url()}"]', f'heartbeat_url = "http://127.0.0.1:{web.port}/ping"')
    done = command_line("snapshot", variables=account_variables)
    assert_failed(
        done, 1,
        "The uptime monitor did not accept the heartbeat: HTTP 500.",
        "The alert to JSON (", "failed: HTTP 500. Later runs retry the delivery for a day.",
    )  # fmt: skip
    assert "recognisable" not in done.stdout + done.stderr
    assert len(list(Store.open(store_url).all_snapshots("default"))) == 2


@pytest.mark.usefixtures("suspicious_store")
def test_faulty_settings_stop_no_capture(
    command_line: CommandLine, account_variables: dict[str, str], home: Path
) -> None:
    write_settings(home, 'digest = "daily"', 'alerts = ["reste"]', "urls = [7]", 'url = "x"')
    done = command_line("snapshot", variables=account_variables)
    assert done.returncode == 0
    assert "1,204 users graded" in done.stdout
    for message in ("not a known period", "unknown rule 'reste'", "Entry 1 of urls", "unknown key 'url'"):
        assert message in done.stderr
    assert_failed(command_line("notify", variables=account_variables), 2, "unknown rule 'reste'")


def test_a_heartbeat_needs_every_account(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, web: WebReceiver
) -> None:
    write_settings(home, f'heartbeat_url = "http://127.0.0.1:{web.port}/ping"')
    wrong = account_variables | {"MIMECAST_SECRET_KEY": "d3Jvbmc="}
    assert command_line("snapshot", variables=wrong).returncode == 1
    assert command_line("snapshot", "--account", "default", variables=account_variables).returncode == 0
    assert web.requests == []


@pytest.mark.usefixtures("suspicious_store")
def test_a_preview_a_test_and_the_real_message(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, web: WebReceiver
) -> None:
    assert command_line("snapshot", variables=account_variables).returncode == 0
    preview = command_line("notify", "--dry-run", variables=account_variables)
    assert (preview.returncode, preview.stderr) == (0, "")
    assert preview.stdout.startswith(f"Would send, because “reset” of default is now “implausible”:\n\n{ALERT}\n\n")
    assert_failed(command_line("notify", variables=account_variables), 2, "urls in [notify] is empty")
    write_settings(home, f'urls = ["{web.url()}"]')
    tested = command_line("notify", "--test", "--json", variables=account_variables)
    row = json.loads(tested.stdout)
    assert (tested.returncode, row["kind"], row["service"], row["result"]) == (0, "test", "JSON", "accepted")
    sent = command_line("notify", variables=account_variables)
    assert (sent.returncode, len(web.requests)) == (0, 2)
    assert command_line("notify", variables=account_variables).stdout == "Nothing is due.\n"


def test_check_validates_every_url_and_sends_nothing(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, web: WebReceiver
) -> None:
    command_line("snapshot", variables=account_variables)
    write_settings(home, f'urls = ["{web.url()}", "slak://recognisable", "slack://recognisable"]')
    done = command_line("check", variables=account_variables)
    assert done.returncode == 1
    assert "✓ Notifications: JSON (" in done.stdout
    assert "✗ Notifications: Entry 2 of urls in [notify] has the unknown service 'slak'." in done.stdout
    assert "Did you mean slack://?" in done.stdout
    assert "Entry 3 of urls in [notify] has the service slack, but what follows is incomplete." in done.stdout
    assert "recognisable" not in done.stdout + done.stderr
    assert web.requests == []


@pytest.mark.usefixtures("isolated_pages", "suspicious_store")
def test_the_connection_page_lists_the_last_deliveries(
    command_line: CommandLine, account_variables: dict[str, str], account_secrets: dict[str, object],
    home: Path, web: WebReceiver, project: Path,
) -> None:  # fmt: skip
    write_settings(home, f'urls = ["{web.url()}"]')
    command_line("snapshot", variables=account_variables)
    app = run_page(project, "Setup & data", account_secrets | {"notify": {"urls": [web.url()], "digest": "daily"}})
    (table,) = [frame.value for frame in app.dataframe if "Receiver" in frame.value.columns]
    assert list(table["Message"]) == [ALERT]
    assert list(table["Result"]) == ["accepted"]
    assert "go to 1 receiver" in text_of(app)
    assert "digest in \\[notify\\] is not a known period" in text_of(app)
    assert len(web.requests) == 1, "a page sends nothing"
