"""The report as one HTML file, with the numbers as text and nothing from elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from mimecast.reports.html_file import render_html
from mimecast.reports.report import Report
from mimecast.store.store import Store
from tests.support.reports import annotated_report, demo_report, longest_report, make_note, smallest_report

PLOTLY = re.compile(r"<script>/\*\*.*?</script>", re.DOTALL)


def page_text(report: Report) -> str:
    """Return the page without Plotly's own code."""
    text = render_html(report).decode()
    without = PLOTLY.sub("", text)
    assert len(text) - len(without) > 3_000_000
    return without


@pytest.mark.parametrize("case", [demo_report, longest_report, smallest_report])
def test_the_page_is_one_file_that_loads_nothing(store: Store, case: Callable[[Store], Report]) -> None:
    text = render_html(case(store)).decode()
    assert text.count("plotly.js v") == 1
    page = page_text(case(store))
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert page.count('"showSendToCloud": false') == page.count('"displaylogo": false') == 4


def test_every_chart_has_a_text_alternative_and_its_numbers_in_a_table(store: Store) -> None:
    report = demo_report(store)
    page = html.unescape(page_text(report))
    assert len(re.findall(r'<figure aria-label="[^"]{60,}">', page)) == 4
    assert "A 526 (43.7%), B 341 (28.3%)" in page
    assert "<td>512 (42.7%)</td><td>526 (43.7%)</td><td>+14 (+1.0 points)</td>" in page
    assert "<th scope=row>23 Nov 2026</th><td>126</td><td>10.5%</td><td>1,204</td>" in page
    assert page.count("<tr><th scope=row>") >= len(report.mix.periods)
    assert "<dt>At risk</dt><dd>Users with grade D or F.</dd>" in page
    assert "<dt>Users graded</dt>" in page
    assert page.count("SAMPLE DATA") > 5
    assert report.stamp.text in page


def test_typed_text_stays_text(store: Store) -> None:
    typed = "</script><script>alert(1)</script><b>"
    report = demo_report(store)
    report = replace(report, stamp=replace(report.stamp, account_name=typed))
    report = annotated_report(store, report, [make_note(1, report.days.last, typed)])
    page = page_text(replace(report, title=typed))
    assert "<script>alert" not in page
    assert "<b>" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "&lt;/script&gt;" in page
