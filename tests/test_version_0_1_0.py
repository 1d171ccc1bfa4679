"""What version 0.1.0 wrote keeps working: its store, backup, export, secrets file, scheduled command and URLs.

The files in `tests/fixtures/upgrade` were written by commit ad7943f.
"""

from __future__ import annotations

import gzip
import re
import shlex
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mimecast.api.keys import Api2Keys
from mimecast.domain.scheduled_runs import RunOutcome
from mimecast.domain.snapshot import Source
from mimecast.sandbox.server import Sandbox
from mimecast.settings.settings import read_settings
from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_target
from mimecast.store.imports import read_imports
from mimecast.store.scheduled_runs import newest_runs
from mimecast.store.store import Store
from tests.support.app import chart_alts, run_page, text_of
from tests.support.exhaustive import every_nth
from tests.support.processes import CommandLine

FIXTURES = Path(__file__).parent / "fixtures" / "upgrade"
CRONTAB_LINE = "0 3 * * * cd /opt/safe-score-dashboard && .venv/bin/python -m mimecast snapshot --quiet"
NEWEST = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
def old_store_url(tmp_path: Path) -> str:
    """Return the URL of the old store, unpacked."""
    file = tmp_path / "snapshots.db"
    file.write_bytes(gzip.decompress((FIXTURES / "snapshots.db.gz").read_bytes()))
    return f"sqlite:///{file}"


def assert_complete(store: Store) -> None:
    """Check that everything in the old store is still there."""
    snapshots = list(store.all_snapshots("contoso"))
    assert (len(snapshots), snapshots[-1].taken_at) == (48, NEWEST)
    assert [snapshot.counts.other for snapshot in snapshots if snapshot.other_letters == "E"] == [3]
    assert {snapshot.source for snapshot in snapshots} == {Source.MIMECAST, Source.IMPORTED}
    assert len(list(store.all_snapshots("fabrikam"))) == 3
    notes = [(note.day, note.text, note.author) for note in load_notes(store, "contoso")]
    assert notes == [
        (date(2026, 10, 20), "Phishing campaign Q3", "ada@contoso.com"),
        (date(2026, 11, 2), "Training for Sales", ""),
    ]
    target = load_target(store, "contoso")
    assert target is not None
    assert (target.share, target.by, target.author) == (8.0, date(2027, 5, 1), "ada@contoso.com")
    assert load_target(store, "fabrikam") is None
    assert [(each.file_name, each.author, each.remaining) for each in read_imports(store, "contoso")] == [
        ("months.csv", "ada@contoso.com", 9)
    ]
    outcomes = [run.outcome for run in newest_runs(store, "contoso")]
    assert outcomes == [RunOutcome.FAILED, *[RunOutcome.STORED] * 3]


def test_a_store_is_complete(old_store_url: str) -> None:
    assert_complete(Store.open(old_store_url))


def test_a_backup_can_be_restored(tmp_path: Path, store_url: str, command_line: CommandLine) -> None:
    backup = tmp_path / "backup.db"
    backup.write_bytes(gzip.decompress((FIXTURES / "backup.db.gz").read_bytes()))
    restored = command_line("restore", str(backup), variables={"SNAPSHOTS_URL": store_url})
    assert restored.returncode == 0, restored.stderr
    assert_complete(Store.open(store_url))


def test_an_export_can_be_imported(home: Path, store_url: str, command_line: CommandLine) -> None:
    secrets = home / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    keys = 'client_id = "a"\nclient_secret = "a"\n'
    secrets.write_text("".join(f"[mimecast.accounts.{account}]\n{keys}" for account in ("contoso", "fabrikam")))
    secrets.chmod(0o600)
    imported = command_line("import", str(FIXTURES / "export.csv"), variables={"SNAPSHOTS_URL": store_url})
    assert imported.returncode == 0, imported.stderr
    assert len(list(Store.open(store_url).all_snapshots("contoso"))) == 48


def test_a_secrets_file_is_read_as_before() -> None:
    text = (FIXTURES / "secrets.toml").read_text().replace('"..."', '"c2VjcmV0"')
    for start in ("url", "[connections", "[dashboard]", "time_zone", "refresh_after"):
        text = text.replace(f"# {start}", start)
    settings = read_settings(tomllib.loads(text), {})
    assert [account.name for account in settings.accounts] == ["Contoso"]
    assert isinstance(settings.accounts[0].keys, Api2Keys)
    assert settings.dashboard.time_zone.key == "Europe/London"


def test_a_crontab_line_still_captures(command_line: CommandLine, account_variables: dict[str, str]) -> None:
    arguments = shlex.split(CRONTAB_LINE.partition("-m mimecast ")[2])
    captured = command_line(*arguments, variables=account_variables)
    assert (captured.returncode, captured.stdout, captured.stderr) == (0, "", "")
    assert len(list(Store.open(account_variables["SNAPSHOTS_URL"]).all_snapshots("default"))) == 1


BOOKMARKS = [
    ("Overview", {"account": "contoso"}),
    ("History", {"account": "contoso", "range": "90d"}),
    ("History", {"account": "contoso", "range": "own", "from": "2026-10-15", "to": "2026-11-20", "by": "week"}),
    ("Compare", {"account": "contoso", "from": "2026-10-20", "to": "2026-11-20"}),
    ("Report", {"account": "contoso", "range": "all", "compare": "7d", "title": "Board pack", "notes": "0"}),
    ("Report", {"account": "contoso", "name": "0"}),
]


@pytest.mark.parametrize(("page", "query"), every_nth(BOOKMARKS, 2), ids=lambda value: re.sub(r"\W+", "-", str(value)))
@pytest.mark.usefixtures("isolated_pages")
def test_a_bookmarked_url_shows_what_it_did(
    project: Path, sandbox: Sandbox, old_store_url: str, page: str, query: dict[str, str]
) -> None:
    client = sandbox.api2.keys
    keys = {"base_url": sandbox.base_url, "client_id": client.client_id, "client_secret": client.client_secret}
    secrets: dict[str, Any] = {
        "mimecast": {"accounts": {"contoso": {"name": "Contoso", **keys}}},
        "connections": {"snapshots": {"url": old_store_url}},
    }
    app = run_page(project, page, secrets, query)
    assert chart_alts(app)
    assert not app.info, text_of(app)
