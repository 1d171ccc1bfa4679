"""Warnings about the history itself: days that are being lost, and snapshots with impossible dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.scheduled_runs import save_runs
from mimecast.store.store import Store
from tests.support.app import run_page
from tests.support.processes import CommandLine

COUNTS = ScoreCounts(5, 4, 3, 2, 1)


def warnings_of(project: Path, page: str, secrets: dict[str, Any]) -> list[str]:
    return [f"{warning.value}".replace("\\", "") for warning in run_page(project, page, secrets).warning]


@pytest.mark.usefixtures("isolated_pages")
def test_the_overview_says_that_days_are_being_lost_until_a_run_is_recorded(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store = Store.open(store_url)
    store.add([Snapshot("default", now - timedelta(minutes=1), COUNTS)])
    (warning,) = warnings_of(project, "Overview", account_secrets)
    assert "No scheduled snapshot has been recorded yet" in warning
    assert "python -m mimecast schedule" in warning
    assert warnings_of(project, "History", account_secrets) == []
    save_runs(store, Run("default", now - timedelta(hours=3), now - timedelta(hours=3), RunOutcome.STORED))
    assert warnings_of(project, "Overview", account_secrets) == []


@pytest.mark.usefixtures("isolated_pages")
def test_sample_data_has_no_days_to_lose(project: Path) -> None:
    assert warnings_of(project, "Overview", {}) == []


@pytest.mark.usefixtures("isolated_pages")
@pytest.mark.parametrize("page", ["Overview", "History", "Compare", "Report"])
def test_every_page_names_a_snapshot_from_the_future_and_how_to_remove_it(
    project: Path, page: str, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    future = now + timedelta(days=400)
    Store.open(store_url).add(Snapshot("default", instant, COUNTS) for instant in (now - timedelta(minutes=1), future))
    (warning,) = [text for text in warnings_of(project, page, account_secrets) if "dated" in text]
    dated = "default: 1 snapshot dated in the future or before 2010 is ignored: "
    assert f"{dated}{future:%Y-%m-%dT%H:%M:%SZ}." in warning
    assert "python -m mimecast remove TAKEN_AT" in warning


def test_a_capture_names_a_snapshot_from_the_future(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    future = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    Store.open(store_url).add([Snapshot("default", future, COUNTS)])
    run = command_line("snapshot", variables=account_variables)
    assert run.returncode == 0
    dated = "default: 1 snapshot dated in the future or before 2010 is ignored: "
    assert f"{dated}{future:%Y-%m-%dT%H:%M:%SZ}." in run.stderr
