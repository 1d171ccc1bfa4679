"""A report as one HTML file: it opens with no network, asks nobody for anything, and offers no upload."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Final

import plotly.io
from plotly.offline import get_plotlyjs

from mimecast.charts.chart import Chart
from mimecast.charts.grades import grade_chart
from mimecast.charts.mix import mix_chart
from mimecast.charts.palette import GRADE_COLOURS, GRADE_OUTLINES
from mimecast.charts.trend import at_risk_chart, users_graded_chart
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.scores import OTHER
from mimecast.domain.timeline import Timeline
from mimecast.formatting import UNDEFINED, format_date, format_int, format_percent
from mimecast.reports.grade_table import grade_rows
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report
from mimecast.text.changes import NET_CHANGES

PRINTED_WIDTH: Final = 680
"""Pixels of A4 between its margins."""

PLOTLY_CONFIG: Final = {"displaylogo": False, "showSendToCloud": False, "responsive": True, "locale": "en"}

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
"""What the file may load: nothing from anywhere."""


def render_html(report: Report) -> bytes:
    """The report as a web page, in UTF-8."""
    charts = "".join(_chart(chart, number) for number, chart in enumerate(_charts(report), start=1))
    summary, comparison = report.summary, report.comparison
    then = f"<th scope=col>{format_date(comparison.then_day)}</th>" if comparison else ""
    change = "<th scope=col>Change</th>" if comparison else ""
    badge = "<strong class=sample>SAMPLE DATA</strong>" if report.is_sample else ""
    made = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">
<title>{_text(report.title)}</title>
<style>{STYLE}</style>
<script>{get_plotlyjs()}</script>
</head>
<body>
<main>
<header>{badge}<h1>{_text(report.title)}</h1><p class=quiet>{_text(report.stamp.text)}</p></header>
<p class=headline><strong>{_text(summary.headline)}.</strong></p>
<p>{_text(summary.details)}</p>
{charts}
<section>
<h2>In numbers</h2>
<table class=whole>
<caption>Users and share of users graded{f". {NET_CHANGES}" if comparison else ""}</caption>
<thead><tr><th scope=col>Grade</th>{then}<th scope=col>{format_date(report.stamp.day)}</th>{change}</tr></thead>
<tbody>{_grades(report)}</tbody>
</table>
{_notes(report)}
</section>
<section>
<h2>Every {report.mix.resolution}</h2>
{_periods(report.mix)}
</section>
<section class=about>
<h2>Sources and definitions</h2>
<dl>{_terms([*sources(report), *definitions(report)])}</dl>
</section>
</main>
<script>{SCRIPT}</script>
</body>
</html>
"""
    return made.encode()


def _charts(report: Report) -> list[Chart]:
    """Return the charts that the report has numbers for."""
    stamp, timeline, annotations, name = report.stamp, report.timeline, report.annotations, report.file_name
    charts = []
    if timeline.has_risk:
        charts.append(at_risk_chart(timeline, stamp, annotations, file_name=name("-at-risk")))
    if stamp.newest.counts.users_graded:
        charts.append(grade_chart(stamp, file_name=name("-grades")))
    if report.mix.has_shares:
        charts.append(mix_chart(report.mix, stamp, annotations, file_name=name("-mix")))
    return [*charts, users_graded_chart(timeline, stamp, annotations, file_name=name("-users"))]


def _chart(chart: Chart, number: int) -> str:
    figure = chart.figure
    figure.update_layout(template="none", paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    figure.update_layout(font={"family": "system-ui, Arial, sans-serif", "size": 12}, dragmode=False)
    config = {
        **PLOTLY_CONFIG,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": chart.file_name, "scale": 2},
    }
    drawn = plotly.io.to_html(
        figure,
        config=config,
        include_plotlyjs=False,
        full_html=False,
        div_id=f"chart-{number}",
        default_height=f"{figure.layout.height}px",
    )
    return f'<figure aria-label="{_text(chart.alt)}">{drawn}</figure>\n'


def _grades(report: Report) -> str:
    rows = []
    for row in grade_rows(report.stamp.newest.counts, report.comparison):
        colour, edge = GRADE_COLOURS.get(row.name), GRADE_OUTLINES.get(row.name)
        swatch = f'<i style="background:{colour};border-color:{edge}"></i>' if colour else ""
        cells = [row.then_text, row.now_text, row.change_text] if report.comparison else [row.now_text]
        start = f"<tr{' class=group' if row.is_group else ''}><th scope=row>{swatch}{_text(row.label)}</th>"
        rows.append(start + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>")
    return "\n".join(rows)


def _notes(report: Report) -> str:
    if not report.annotations.notes:
        return ""
    rows = "\n".join(
        f"<tr><th scope=row>{order}</th><td class=left>{format_date(note.day)}</td><td "
        f"class=left>{_text(note.text)}</td></tr>"
        for order, note in enumerate(report.annotations.notes, start=1)
    )
    head = "<tr><th scope=col>No.</th><th scope=col class=left>Day</th><th scope=col class=left>Note</th></tr>"
    return f"<table><caption>Notes</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _periods(timeline: Timeline) -> str:
    """Every period, newest first; one without a snapshot is a row of dashes."""
    grades = timeline.shown_grades
    names = ["At risk", "Share", "Users graded", *("Other" if grade == OTHER else grade for grade in grades)]
    first = "Day" if timeline.resolution is Resolution.DAY else f"{timeline.resolution.capitalize()} from"
    head = "".join(f"<th scope=col>{name}</th>" for name in [first, *names])
    rows = []
    users, shares = timeline.users[::-1], timeline.shares["at_risk"][::-1]
    columns = ["at_risk", "users_graded", *grades]
    for label, share, counts in zip(users.index, shares, users[columns].to_numpy(), strict=True):
        risk, *others = [UNDEFINED if count != count else format_int(int(count)) for count in counts]
        cells = [risk, format_percent(None if share != share else share), *others]
        rows.append(
            f"<tr><th scope=row>{format_date(label.date())}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
        )
    caption = f"The last snapshot of each {timeline.resolution}, newest first; days in {timeline.zone.key}"
    table = f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{_lines(rows)}</tbody></table>"
    return f'<div class=wide tabindex=0 role=region aria-label="{caption}">{table}</div>'


def _terms(terms: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"<dt>{_text(term)}</dt><dd>{_text(meaning)}</dd>" for term, meaning in terms)


def _lines(rows: Sequence[str]) -> str:
    return "\n".join(rows)


def _text(text: str) -> str:
    return html.escape(text)


STYLE: Final = """
:root { --ink: #0f1822; --quiet: #55606d; --paper: #ffffff; --rule: #d9dee5; --warn: #a04a09; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6eaef; --quiet: #a3aebb; --paper: #14181d; --rule: #353d47; --warn: #ffb27a; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.sample { float: right; color: var(--warn); border: 2px solid; border-radius: 4px; padding: .1rem .6rem; }
.headline { font-size: 1.3rem; margin: 1rem 0 .6rem; }
figure { margin: 1.2rem 0; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .3rem; }
th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid var(--rule); }
th:first-child, .left { text-align: left; white-space: nowrap; }
td.left:last-child { white-space: normal; overflow-wrap: anywhere; }
thead th { border-bottom: 2px solid var(--rule); }
.group { font-weight: 600; }
i { display: inline-block; width: .8em; height: .8em; border: 1px solid; margin-right: .5em; }
.wide { overflow-x: auto; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@page { size: A4; margin: 14mm; }
@media print {
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  figure, tr, dt, dd, .headline, .whole { break-inside: avoid; }
  h2, caption, thead { break-after: avoid; }
  dt { break-after: avoid; }
  .wide { overflow: visible; font-size: 8.5pt; }
  .modebar { display: none; }
}
"""

SCRIPT: Final = f"""
const charts = [...document.querySelectorAll('.js-plotly-plot')];
const dark = matchMedia('(prefers-color-scheme: dark)');
const ink = light => light ? '#0f1822' : '#e6eaef';
const paint = () => charts.forEach(chart => Plotly.relayout(chart, {{'font.color': ink(!dark.matches)}}));
dark.addEventListener('change', paint);
paint();
addEventListener('beforeprint', () => charts.forEach(chart =>
  Plotly.relayout(chart, {{'font.color': ink(true), autosize: false, width: {PRINTED_WIDTH}}})));
addEventListener('afterprint', () => charts.forEach(chart =>
  Plotly.relayout(chart, {{'font.color': ink(!dark.matches), width: null, autosize: true}})));
"""
