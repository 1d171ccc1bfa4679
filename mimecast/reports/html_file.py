"""The report as one HTML file that loads nothing from a network and sends nothing to one."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import plotly.io
from plotly.offline import get_plotlyjs

from mimecast.charts.chart import Chart
from mimecast.charts.drawing import drawing
from mimecast.charts.grades import grade_chart
from mimecast.charts.mix import mix_chart
from mimecast.charts.trend import at_risk_chart, users_graded_chart
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.scores import OTHER
from mimecast.domain.timeline import Timeline
from mimecast.formatting import UNDEFINED, format_date, format_int, format_percent
from mimecast.palette import GRADE_COLOURS, GRADE_OUTLINES
from mimecast.reports.causes.report_tables import COLUMNS, campaign_cells, campaigns_title
from mimecast.reports.grade_table import grade_rows
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report
from mimecast.reports.typeface import FONT_FAMILY, font_faces
from mimecast.text.changes import NET_CHANGES

STATIC: Final = Path(__file__).resolve().parents[2] / "static"
"""The folder with the style sheet and the script of the page."""

PLOTLY_CONFIG: Final = {"displaylogo": False, "showSendToCloud": False, "responsive": True, "locale": "en"}

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)
"""Allows only what is in the file."""


def render_html(report: Report) -> bytes:
    """Return the report as a web page in UTF-8."""
    with drawing():
        charts = "".join(_chart(chart, number) for number, chart in enumerate(_charts(report), start=1))
    summary, comparison = report.summary, report.comparison
    then = f"<th scope=col>{format_date(comparison.then_day)}</th>" if comparison else ""
    change = "<th scope=col>Change</th>" if comparison else ""
    badge = "<strong class=sample>SAMPLE DATA</strong>" if report.is_sample else ""
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">
<title>{_text(report.title)}</title>
<style>{font_faces()}{_static("report_html.css")}</style>
<script>{get_plotlyjs()}</script>
</head>
<body>
<main>
<header>{badge}<h1>{_text(report.title)}</h1><p class=quiet>{_text(report.stamp.text)}</p></header>
<p class=headline><strong>{_text(summary.headline)}.</strong></p>
<p>{_text(summary.details)}</p>
<div class=charts>
{charts}</div>
<section>
<h2>In numbers</h2>
<div class=wide tabindex=0 role=region aria-label="Users by grade">
<table class=whole>
<caption>Users and share of users graded{f". {NET_CHANGES}" if comparison else ""}</caption>
<thead><tr><th scope=col>Grade</th>{then}<th scope=col>{format_date(report.stamp.day)}</th>{change}</tr></thead>
<tbody>{_grades(report)}</tbody>
</table>
</div>
{_notes(report)}
{_campaigns(report)}
</section>
{_people(report)}
<section>
<h2>Every {report.mix.resolution}</h2>
{_periods(report.mix)}
</section>
<section class=about>
<h2>Sources and definitions</h2>
<dl>{_terms([*sources(report), *definitions(report)])}</dl>
</section>
</main>
<script>{_static("report_html.js")}</script>
</body>
</html>
"""
    return page.encode()


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
    figure.update_layout(font={"family": FONT_FAMILY, "size": 12}, dragmode=False)
    config = {
        **PLOTLY_CONFIG,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": chart.file_name, "scale": 2},
    }
    markup = plotly.io.to_html(
        figure,
        config=config,
        include_plotlyjs=False,
        full_html=False,
        div_id=f"chart-{number}",
        default_height=f"{figure.layout.height}px",
    )
    return f'<figure aria-label="{_text(chart.alt)}">{markup}</figure>\n'


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
        f"class=left>{_text(note.labelled_text)}</td></tr>"
        for order, note in enumerate(report.annotations.notes, start=1)
    )
    head = "<tr><th scope=col>No.</th><th scope=col class=left>Day</th><th scope=col class=left>Note</th></tr>"
    return f"<table><caption>Notes</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _people(report: Report) -> str:
    """Return a section for each table of departments and movement."""
    sections = []
    for table in report.people:
        head = "".join(f"<th scope=col>{_text(name)}</th>" for name, _ in table.columns)
        rows = "\n".join(
            f"<tr><th scope=row>{_text(name)}</th>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>"
            for name, *cells in table.cells
        )
        body = f"<table class=whole><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        label = _text(table.title)
        sections.append(
            f"<section>\n<h2>{label}</h2>\n<p>{_text(table.sentence)}</p>\n"
            f'<div class=wide tabindex=0 role=region aria-label="{label}">{body}</div>\n</section>'
        )
    return "\n".join(sections)


def _campaigns(report: Report) -> str:
    rows = "\n".join(
        f"<tr><th scope=row>{_text(name)}</th>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>"
        for name, *cells in campaign_cells(report)
    )
    if not rows:
        return ""
    head = "".join(f"<th scope=col>{name}</th>" for name in COLUMNS)
    caption = f"{campaigns_title(report)}. Shares of the users to whom a campaign was sent"
    table = f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class=wide tabindex=0 role=region aria-label="Campaigns">{table}</div>'


def _periods(timeline: Timeline) -> str:
    """Return a table with one row for each period, oldest first. A period without a snapshot is a row of dashes."""
    grades = timeline.shown_grades
    names = ["At risk", "Share", "Users graded", *("Other" if grade == OTHER else grade for grade in grades)]
    first = "Day" if timeline.resolution is Resolution.DAY else f"{timeline.resolution.capitalize()} starting"
    head = "".join(f"<th scope=col>{name}</th>" for name in [first, *names])
    rows = []
    for period, snapshot in zip(timeline.periods, timeline.snapshots, strict=True):
        cells = [UNDEFINED] * len(names)
        if snapshot:
            counts = snapshot.counts
            others = [format_int(counts.users(name)) for name in ("users_graded", *grades)]
            cells = [format_int(counts.at_risk), format_percent(counts.at_risk_share), *others]
        rows.append(f"<tr><th scope=row>{format_date(period)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    caption = f"The last snapshot of each {timeline.resolution}, oldest first; time zone: {timeline.zone.key}"
    body = "\n".join(rows)
    table = f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class=wide tabindex=0 role=region aria-label="{caption}">{table}</div>'


def _terms(terms: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"<div><dt>{_text(term)}</dt><dd>{_text(meaning)}</dd></div>" for term, meaning in terms)


def _text(text: str) -> str:
    return html.escape(text)


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
