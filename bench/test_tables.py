"""Tests of what the benchmarks print. How fast anything is, no test decides."""

from __future__ import annotations

import pytest

from bench.harness.results import Result, as_table, compare
from bench.load import quarter_means
from bench.measurements.command_line import slowest_imports
from bench.run import BEGIN, END, replace_between_markers


def test_ratio_compares_medians_and_is_shown_with_its_target() -> None:
    floor = [0.4, 0.5, 0.6]
    overview = [0.7, 0.8, 9.5]
    history = [0.7, 0.75, 0.9]
    results = [
        compare("Reload", "the floor", "s", floor, reference="the floor", reference_values=floor),
        compare("Reload", "Overview", "s", overview, reference="the floor", reference_values=floor, max_ratio=1.5),
        compare("Reload", "History", "s", history, reference="the floor", reference_values=floor, max_ratio=1.5),
    ]
    assert [result.meets_target for result in results] == [None, False, True]
    assert as_table(results).splitlines() == [
        "| section | measured | median | quartiles | ratio | target |",
        "| --- | --- | ---: | ---: | --- | --- |",
        "| Reload | the floor | 0.500 s | 0.450 to 0.550 |  |  |",
        "|  | Overview | 0.800 s | 0.750 to 5.150 | 1.60 × the floor (0.500 s) | ≤ 1.5: **not met** |",
        "|  | History | 0.750 s | 0.725 to 0.825 | 1.50 × the floor (0.500 s) | ≤ 1.5: met |",
    ]


def test_value_measured_once_has_no_quartiles() -> None:
    result = Result("Bytes", "files", "kB", (7410.2,))
    assert as_table([result]).splitlines()[-1] == "| Bytes | files | 7,410 kB |  |  |  |"


def test_table_replaces_what_is_between_the_markers() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    updated = replace_between_markers(document, "new")
    assert updated == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert replace_between_markers(updated, "new") == updated
    with pytest.raises(SystemExit, match="markers"):
        replace_between_markers("a document without markers", "new")


def test_import_times_are_added_up_by_package() -> None:
    importtime = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:      1000 |       1000 |   heavy.inner\n"
        "import time:      2000 |       3000 | heavy\n"
        "import time:       500 |        500 | light\n"
    )
    assert list(slowest_imports(importtime, max_packages=1)) == [("heavy", 0.003)]


def test_memory_is_averaged_over_each_quarter_of_the_time() -> None:
    assert quarter_means([1, 1, 2, 2, 4, 4, 4, 6]) == [1, 2, 4, 5]
    assert quarter_means([1, 2]) == [1, 2]
