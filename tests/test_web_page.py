"""The report as one HTML file: whole in itself, with the numbers as text, and nothing in it that comes alive."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from mimecast.reports.html_page import render_html
from mimecast.reports.report import Report
from mimecast.store.store import Store
from tests.support.reports import annotated_report, demo_report, longest_report, make_note, smallest_report

PLOTLY = re.compile(r"<script>/\*\*.*?</script>", re.DOTALL)


def written(report: Report) -> str:
    """The page without the library in it."""
    text = render_html(report).decode()
    without = PLOTLY.sub("", text)
    assert len(text) - len(without) > 3_000_000
    return without


@pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])
def test_everything_is_in_one_file_that_asks_nobody(store: Store, case: Callable[[Store], Report]) -> None:
    text = render_html(case(store)).decode()
    assert text.count("plotly.js v") == 1
    page = written(case(store))
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert page.count('"showSendToCloud": false') == page.count('"displaylogo": false') == 4


def test_every_figure_has_its_alternative_and_the_numbers_stand_in_tables(store: Store) -> None:
    report = demo_report(store)
    page = html.unescape(written(report))
    assert len(re.findall(r'<figure aria-label="[^"]{60,}">', page)) == 4
    assert "A 526 (43.7 %), B 341 (28.3 %)" in page
    assert "<td>512 (42.7 %)</td><td>526 (43.7 %)</td><td>+14 (+1.0 points)</td>" in page
    assert "<th scope=row>23 Nov 2026</th><td>126</td><td>10.5 %</td><td>1,204</td>" in page
    assert page.count("<tr><th scope=row>") >= len(report.mix.users)
    assert "<dt>At risk</dt><dd>Users with grade D or F.</dd>" in page
    assert "<dt>Users graded</dt>" in page
    assert page.count("SAMPLE DATA") > 5
    assert report.stamp.text in page


def test_what_people_typed_stays_text(store: Store) -> None:
    typed = "</script><script>alert(1)</script><b>"
    report = demo_report(store)
    report = replace(report, stamp=replace(report.stamp, account_name=typed))
    report = annotated_report(store, report, [make_note(1, report.last, typed)])
    page = written(replace(report, title=typed))
    assert "<script>alert" not in page
    assert "<b>" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "&lt;/script&gt;" in page
