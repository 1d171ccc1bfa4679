"""The demo company's causes: every kind that the dashboard can show is in the sample data."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mimecast.domain.normal_range import Verdict
from mimecast.domain.reporting_days import DayRange
from mimecast.sandbox.sample_data import SAMPLE_ACCOUNT, open_sample_store
from mimecast.store.causes.load_causes import load_causes
from mimecast.store.causes.reference_lines import add_reference_line
from mimecast.store.causes.restarts import load_suggestion
from mimecast.store.normal_range import load_judged_change
from tests.support.clock import NOW, TODAY

ZONE = ZoneInfo("UTC")


def test_sample_data_has_campaigns_a_reference_line_a_restart_and_an_implausible_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimecast.sandbox.sample_data.PROJECT", tmp_path)
    (tmp_path / "data").mkdir()
    store = open_sample_store(TODAY)
    causes = load_causes(store, SAMPLE_ACCOUNT, DayRange(TODAY - timedelta(days=365), TODAY, ZONE))
    assert len(causes.campaigns) == 6
    assert [line.label for line in causes.reference_lines] == ["Industry average"]
    assert [mark.is_open for mark in causes.marks] == [False]
    assert len(causes.restarts) == 1
    newest = store.newest(SAMPLE_ACCOUNT)
    assert newest is not None
    assert load_judged_change(store, newest, ZONE).verdict is not Verdict.UNKNOWN
    assert load_suggestion(store, SAMPLE_ACCOUNT, TODAY, ZONE) is None

    add_reference_line(store, SAMPLE_ACCOUNT, 9.0, "Our own", "The board", author="ana", now=NOW)
    tomorrow = open_sample_store(TODAY + timedelta(days=1))
    rebuilt = load_causes(tomorrow, SAMPLE_ACCOUNT, DayRange(TODAY - timedelta(days=364), TODAY, ZONE))
    assert [line.label for line in rebuilt.reference_lines] == ["Our own", "Industry average"]
    assert [restart.day - causes.restarts[0].day for restart in rebuilt.restarts] == [timedelta(days=1)]
    assert (len(rebuilt.marks), len(rebuilt.campaigns)) == (1, 6)
