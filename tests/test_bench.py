"""What the benchmark says about its numbers; how fast anything is, no test says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.load import levels
from bench.results import Result, as_table, compared
from bench.run import BEGIN, END, between_markers
from bench.sections import dearest
from bench.stores import Plan, make_store
from mimecast.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_ratio_is_that_of_the_medians_and_stands_beside_what_is_asked() -> None:
    floor = [0.4, 0.5, 0.6]
    slow = compared("Reload", "Overview", "s", [0.7, 0.8, 9.0], against="the floor", by=floor, at_most=1.5)
    fast = compared("Reload", "History", "s", [0.7, 0.75, 0.9], against="the floor", by=floor, at_most=1.5)
    assert (slow.ratio, slow.is_met) == (1.6, False)
    assert (fast.ratio, fast.is_met) == (1.5, True)
    assert as_table([slow, fast]).splitlines() == [
        "### Reload",
        "",
        "|  | median | quartiles | ratio | to | asked |  |",
        "| --- | ---: | ---: | ---: | --- | ---: | --- |",
        "| Overview | 0.800 s | 0.750 to 4.900 | 1.60 | the floor | ≤ 1.5 | **not met** |",
        "| History | 0.750 s | 0.725 to 0.825 | 1.50 | the floor | ≤ 1.5 | met |",
    ]


def test_a_number_measured_once_has_no_spread_and_nothing_asked_is_not_met() -> None:
    once = Result("Bytes", "files", "kB", (7410.2,))
    assert once.is_met is None
    assert as_table([once]).splitlines()[-1] == "| files | 7,410 kB |"


def test_tables_replace_what_stands_between_the_markers() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    written = between_markers(page, "new")
    assert written == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert between_markers(written, "new") == written
    with pytest.raises(SystemExit, match="no markers"):
        between_markers("nothing", "new")


def test_the_time_of_imports_is_told_by_package() -> None:
    told = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:      1000 |       1000 |   heavy.inner\n"
        "import time:      2000 |       3000 | heavy\n"
        "import time:       500 |        500 | light\n"
    )
    assert list(dearest(told, most=1)) == [("heavy", 0.003)]


def test_memory_is_told_by_quarters_of_the_time() -> None:
    assert levels([1, 1, 2, 2, 4, 4, 4, 6]) == [1, 2, 4, 5]


def test_a_generated_store_is_young_enough_that_no_page_asks_mimecast(tmp_path: Path) -> None:
    store = Store.open(make_store(Plan("two accounts", 10, timedelta(days=1), accounts=2), tmp_path, NOW))
    assert store.accounts() == ["account-001", "account-002"]
    for account in store.accounts():
        history = list(store.all_snapshots(account))
        assert len(history) == 10
        assert NOW - history[-1].taken_at == timedelta(minutes=20)
        assert history[-1].taken_at - history[0].taken_at == timedelta(days=9)
        assert all(one.counts.users_graded > 0 for one in history)
