"""The status board on Setup & data."""

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
from tests.support.app import html_of, run_page

pytestmark = pytest.mark.usefixtures("isolated_pages")


def test_sample_data_has_a_board_without_runs(project: Path) -> None:
    board = html_of(run_page(project, "Setup & data", {}))
    assert "Contoso (made-up)" in board
    assert "not set up" in board


def test_the_board_states_the_newest_snapshot_the_last_run_and_the_next(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store = Store.open(store_url)
    store.add([Snapshot("default", now - timedelta(minutes=5), ScoreCounts(5, 4, 3, 2, 1))])
    starts = [now - timedelta(days=ago, minutes=5) for ago in range(9, -1, -1)]
    save_runs(store, *(Run("default", start, start, RunOutcome.STORED) for start in starts))
    board = html_of(run_page(project, "Setup & data", account_secrets))
    assert "5 minutes ago (" in board
    assert "stored a snapshot, 5 minutes ago" in board
    assert f"{(now + timedelta(days=1)).day}" in board
    assert "overdue" not in board


def test_an_overdue_run_and_a_failed_one_are_named(
    project: Path, account_secrets: dict[str, Any], store_url: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store = Store.open(store_url)
    store.add([Snapshot("default", now - timedelta(minutes=5), ScoreCounts(5, 4, 3, 2, 1))])
    starts = [now - timedelta(days=ago) for ago in range(12, 2, -1)]
    save_runs(store, *(Run("default", start, start, RunOutcome.FAILED, "Too many requests") for start in starts))
    board = html_of(run_page(project, "Setup & data", account_secrets))
    assert "failed, 3 days ago" in board
    assert ", overdue" in board
