"""The report as slides, with native charts whose numbers can be edited in PowerPoint."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Final

import pandas as pd
from pptx.chart.data import CategoryChartData
from pptx.chart.series import LineSeries
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Emu, Pt

from mimecast.charts.palette import AT_RISK_LINE, BAD, GOOD, INK, QUIET, REFERENCE_LINE, USERS_LINE, WARNING
from mimecast.charts.text_width import em_width, shorten
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import Resolution, reporting_day
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.targets import Target
from mimecast.domain.timeline import Timeline, marked_points
from mimecast.formatting import MONTHS, format_date, format_int, format_percent, pluralize, round_points
from mimecast.reports.causes.campaign_table import COLUMNS as CAMPAIGN_COLUMNS
from mimecast.reports.causes.campaign_table import campaign_cells, campaigns_title
from mimecast.reports.grade_table import GradeRow, grade_rows
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.causes import launches_by_period, reference_level, split_at_restarts, style_launches
from mimecast.reports.pptx.template import Area, SlideDeck, open_deck
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report
from mimecast.reports.xml_text import xml_text
from mimecast.text.causes import causes_sentences
from mimecast.text.changes import NET_CHANGES, comparison_sentence
from mimecast.text.grades import grades_in_words
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from mimecast.text.targets import target_sentence
from mimecast.text.timelines import coverage, coverage_sentence, empty_range_sentence

MAX_PROPERTY_CHARS: Final = 255
"""Characters of a property of a file that python-pptx accepts."""

STAMP_SIZES: Final = (10.5, 9.5, 8.5, 7.5)
SUBTITLE_SIZES: Final = (14.0, 13.0, 12.0, 11.0)
SOURCES_SIZES: Final = (13.0, 12.0, 11.0, 10.0, 9.0)
"""Sizes of text in points; the largest with which it fits is used."""

STAMP_FILL: Final = 0.9
"""Part of the room that a shortened name takes, since lines break between words and are not filled."""

CAMPAIGN_WEIGHTS: Final = (3, 1.2, 0.8, 1.2, 1.2, 1.2)
"""Proportions of the columns of campaigns."""

LAUNCHES: Final = "Campaign launches"
"""Name of the series with the launches of campaigns."""

NOTE_SIZE: Final = 13
NOTE_WEIGHTS: Final = (0.5, 1.2, 8)
"""Proportions of the columns of notes: number, day and text."""


def render_pptx(report: Report, *, template: Path | None = None) -> bytes:
    """Return the report as a PowerPoint file. Raises TemplateUnusable."""
    deck = open_deck(template)
    _set_properties(deck.presentation, report)
    _add_grades(deck, report)
    _add_mix(deck, report)
    _add_trend(deck, report)
    _add_comparison(deck, report)
    _add_notes(deck, report)
    _add_campaigns(deck, report)
    _add_sources(deck, report)
    for slide in deck.presentation.slides:
        _add_stamp(deck, slide, report)
    deck.number_slides()
    file = io.BytesIO()
    deck.presentation.save(file)
    return file.getvalue()


def _set_properties(presentation: Presentation, report: Report) -> None:
    """Set title and subject of the file, cut to what python-pptx accepts, and leave no other program's name in it."""
    properties = presentation.core_properties
    properties.title = xml_text(report.title)[:MAX_PROPERTY_CHARS]
    properties.subject = xml_text(report.stamp.text)[:MAX_PROPERTY_CHARS]
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = report.stamp.now.astimezone(UTC).replace(tzinfo=None)


def _add_grades(deck: SlideDeck, report: Report) -> None:
    slide = deck.add_slide(report.summary.headline)
    subject = ", ".join(filter(None, (report.title, report.stamp.account_name)))
    area = _add_subtitle(deck, slide, f"{subject}. {report.summary.details}")
    chart_area, side = area.columns(2.2, 1)
    counts = report.stamp.newest.counts
    grades = report.shown_grades
    _add_key_numbers(slide, side, report)
    if not counts.users_graded:
        elements.add_sentence(slide, chart_area, f"{report.summary.headline}.")
        return
    data = CategoryChartData(number_format="#,##0")
    data.categories = [f"{grade} ({format_percent(counts.share_of(grade))})" for grade in grades]
    data.add_series(f"Users on {format_date(report.stamp.day)}", [counts.users(grade) for grade in grades])
    alt = f"Column chart. Users by SAFE Score grade on {format_date(report.stamp.day)}: {grades_in_words(counts)}."
    chart = elements.add_chart(slide, chart_area, XL_CHART_TYPE.COLUMN_CLUSTERED, data, "Users by grade", alt)
    chart.has_legend = False
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format = "#,##0"
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    elements.style_font(plot.data_labels.font, 16, bold=True)
    for index, grade in enumerate(grades):
        elements.fill_with_grade(plot.series[0].points[index].format, grade)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    elements.style_font(chart.category_axis.tick_labels.font, 14)
    elements.style_axis_line(chart.category_axis)


def _add_key_numbers(slide: Slide, area: Area, report: Report) -> None:
    """Add at risk, doing well and users graded, each with its change."""
    frame = slide.shapes.add_textbox(*area.box).text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    comparison = report.comparison
    for row in grade_rows(report.stamp.newest.counts, comparison)[-3:]:
        elements.add_run(paragraph, row.label, 14, QUIET)
        paragraph = frame.add_paragraph()
        number = format_int(row.users) if row.name == "users_graded" else format_percent(row.share)
        elements.add_run(paragraph, number, 30, INK, bold=True)
        if row.name != "users_graded":
            elements.add_run(paragraph, f"  {pluralize(row.users, 'user')}", 14, INK)
        paragraph = frame.add_paragraph()
        if comparison:
            change = f"{row.change_text} since {format_date(comparison.then_day)}"
            elements.add_run(paragraph, change, 12, QUIET if comparison.restart else _change_colour(row))
        else:
            elements.add_run(paragraph, "no earlier snapshot to compare with", 12, QUIET)
        paragraph.space_after = Pt(16)
        paragraph = frame.add_paragraph()


def _change_colour(row: GradeRow) -> str:
    """Return red for a change for the worse and green for the better; a change of users graded is neither."""
    change = round_points(row.change_points or 0.0)
    if row.name == "users_graded" or not change:
        return QUIET
    return GOOD if (change < 0) == (row.name == "at_risk") else BAD


def _add_mix(deck: SlideDeck, report: Report) -> None:
    timeline = report.mix
    slide = deck.add_slide(f"Grade mix by {timeline.resolution}")
    sentence = (
        f"{report.range_text}: shares of users graded, the last snapshot of each {timeline.resolution}. "
        f"{coverage(timeline)}; a {timeline.resolution} without one is left empty."
    )
    area = _add_subtitle(deck, slide, sentence)
    if not timeline.has_shares:
        elements.add_sentence(slide, area, empty_range_sentence(timeline))
        return
    data = CategoryChartData(number_format="#,##0")
    data.categories = _period_labels(timeline)
    for grade in reversed(timeline.shown_grades):
        data.add_series(grade, _whole_numbers(timeline.users[grade]))
    alt = f"Stacked columns to 100%, grade F at the bottom. {_ends_in_words(timeline)}. {coverage(timeline)}."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.COLUMN_STACKED_100, data, "Grade mix", alt)
    elements.add_legend(chart, XL_LEGEND_POSITION.RIGHT)
    chart.plots[0].gap_width = 12
    chart.plots[0].overlap = 100
    for series in chart.plots[0].series:
        elements.fill_with_grade(series.format, series.name)
    elements.style_value_axis(chart, "0%")
    elements.thin_out_labels(chart, len(timeline.users))


def _add_trend(deck: SlideDeck, report: Report) -> None:
    timeline, annotations = report.timeline, report.annotations
    slide = deck.add_slide("Share of users at risk (D + F)")
    if not timeline.has_risk:
        elements.add_sentence(slide, deck.content, empty_range_sentence(timeline))
        return
    sentence = comparison_sentence(report.since) if report.since else coverage_sentence(timeline)
    progress = target_sentence(report.progress, report.past_day) if report.progress else ""
    area = _add_subtitle(deck, slide, " ".join(filter(None, (sentence, report.summary.restart, progress))))
    chart_parts = _TrendParts.of(report)
    alt = f"Line chart. {sentence} {coverage(timeline)}; days without a snapshot are gaps in the line."
    causes = causes_sentences(annotations.causes, timeline.first, timeline.last, timeline.zone, with_lines=True)
    data = _trend_data(report, chart_parts)
    title = "Share of users at risk"
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.LINE, data, title, " ".join([alt, *causes]))
    elements.add_legend(chart, XL_LEGEND_POSITION.BOTTOM)
    _style_trend(list(chart.plots[0].series), report, chart_parts)
    elements.style_value_axis(chart, '0"%"')
    axis, days = chart.category_axis, chart_parts.days
    axis.tick_labels.number_format = "mmm yyyy" if (days[-1] - days[0]).days > 100 else "d mmm yyyy"
    axis.tick_labels.number_format_is_linked = False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    elements.style_axis_line(axis)
    elements.space_date_labels(axis, days)


@dataclass(frozen=True)
class _TrendParts:
    """The days of the line, its parts between restarts, and the notes and launches by the index of their day."""

    days: list[date]
    lines: list[pd.Series[float]]
    noted: dict[int, list[int]]
    launches: dict[int, int]

    @classmethod
    def of(cls, report: Report) -> _TrendParts:
        """Return the parts of a report's trend."""
        timeline, causes = report.timeline, report.annotations.causes
        return cls(
            _period_days(timeline),
            split_at_restarts(timeline.shares["at_risk"], timeline, causes),
            _noted_periods(report),
            launches_by_period(causes, timeline),
        )


def _trend_data(report: Report, parts: _TrendParts) -> CategoryChartData:
    """Return the series: the line in its parts first, then the target, the normal range, the causes and the notes."""
    timeline, annotations, days = report.timeline, report.annotations, parts.days
    data = CategoryChartData(number_format="0.0")
    data.categories = days
    for number, line in enumerate(parts.lines):
        since = " since the baseline restart" + (f" {number}" if len(parts.lines) > 2 else "")
        data.add_series(f"At risk{since}" if number else "At risk, % of users graded", _numbers(line))
    if target := annotations.target_between(timeline.first, timeline.last, timeline.zone):
        level = _target_level(target, reporting_day(target.set_at, timeline.zone), days)
        data.add_series(f"Target: at most {format_percent(target.share)}", level)
    if annotations.band:
        band = {day.day: day for day in annotations.band}
        data.add_series("Normal range, lowest", [band[day].low if day in band else None for day in days])
        data.add_series("Normal range, highest", [band[day].high if day in band else None for day in days])
    for reference in annotations.causes.lines_from(timeline.first):
        data.add_series(reference.text, reference_level(reference, days))
    if parts.launches:
        data.add_series(LAUNCHES, [0.0 if index in parts.launches else None for index in range(len(days))])
    if parts.noted:
        data.add_series("Notes", _note_heights(parts.noted, timeline.shares["at_risk"]))
    return data


def _style_trend(series_list: list[LineSeries], report: Report, parts: _TrendParts) -> None:
    """Style the series of `_trend_data`."""
    shares = report.timeline.shares["at_risk"]
    lines, others = series_list[: len(parts.lines)], series_list[len(parts.lines) :]
    for line, values in zip(lines, parts.lines, strict=True):
        elements.style_line(line, AT_RISK_LINE, 2.5)
        if marked_points(shares).any() or values.notna().sum() == 1:
            line.marker.style = XL_MARKER_STYLE.CIRCLE
            line.marker.size = 5
            line.marker.format.fill.solid()
            line.marker.format.fill.fore_color.rgb = elements.rgb(AT_RISK_LINE)
            line.marker.format.line.fill.background()
    reference_names = {reference.text for reference in report.annotations.causes.reference_lines}
    for series in others:
        if series.name in reference_names:
            elements.style_line(series, REFERENCE_LINE, 1.5, dash=MSO_LINE.LONG_DASH)
        elif series.name == LAUNCHES:
            style_launches(series, parts.launches)
        elif series.name.startswith("Target"):
            elements.style_line(series, GOOD, 2, dash=MSO_LINE.DASH)
        elif series.name.startswith("Normal range"):
            elements.style_line(series, USERS_LINE, 1.25, dash=MSO_LINE.ROUND_DOT)
        else:
            elements.style_note_markers(series, parts.noted)
    known = [pair for pair in zip(lines, parts.lines, strict=True) if pair[1].notna().any()]
    elements.label_last(*known[-1])


def _add_comparison(deck: SlideDeck, report: Report) -> None:
    comparison, now = report.comparison, format_date(report.stamp.day)
    rows = grade_rows(report.stamp.newest.counts, comparison)
    if comparison:
        then = format_date(comparison.then_day)
        slide = deck.add_slide(f"Change since {then}")
        sentence = f"{comparison_sentence(comparison)} {NET_CHANGES}"
        columns = ["Grade", then, now, "Change"]
        cells = [[row.label, row.then_text, row.now_text, row.change_text] for row in rows]
    else:
        slide = deck.add_slide(f"Users by grade on {now}")
        sentence = report.summary.change or "There is no earlier day to compare with."
        columns, cells = ["Grade", now], [[row.label, row.now_text] for row in rows]
    area = _add_subtitle(deck, slide, sentence)
    if not comparison:
        area, _ = area.columns(1, 1)
    frame = elements.add_table(slide, area, columns, cells, weights=[1.2, *[1.0] * (len(columns) - 2), 1.15], size=15)
    restart = comparison.restart if comparison else None
    for index, row in enumerate(rows, start=1):
        table_cells = [frame.table.cell(index, column) for column in range(len(columns))]
        if row.is_group:
            for run in (run for cell in table_cells for run in cell.text_frame.paragraphs[0].runs):
                run.font.bold = True
        else:
            elements.add_swatch(table_cells[0], row.name)
        if comparison:
            for run in table_cells[3].text_frame.paragraphs[0].runs:
                run.font.color.rgb = elements.rgb(_change_colour(row) if row.is_group and not restart else INK)
    elements.set_alt_text(frame, f"Table: {sentence} " + "; ".join(f"{row.label} {row.now_text}" for row in rows) + ".")


def _add_notes(deck: SlideDeck, report: Report) -> None:
    """Add as many slides as the notes need."""
    pages: list[list[tuple[int, Note]]] = []
    room = 0
    text_width = round(deck.content.width * NOTE_WEIGHTS[-1] / sum(NOTE_WEIGHTS))
    for order, note in enumerate(report.annotations.notes, start=1):
        height = Pt(8) + elements.text_height(note.labelled_text, NOTE_SIZE, text_width)
        if not pages or height > room:
            pages.append([])
            room = deck.content.height - Pt(60)
        pages[-1].append((order, note))
        room -= height
    for page, notes in enumerate(pages, start=1):
        slide = deck.add_slide("Notes" if len(pages) == 1 else f"Notes, {page} of {len(pages)}")
        area = _add_subtitle(
            deck,
            slide,
            "What happened, in the team's own words. The numbers are those in the chart of the share at risk.",
        )
        cells = [[str(order), format_date(note.day), note.labelled_text] for order, note in notes]
        frame = elements.add_table(
            slide, area, ["No.", "Day", "Note"], cells, weights=NOTE_WEIGHTS, size=NOTE_SIZE, right=False
        )
        listed = "; ".join(f"{order} on {day}: {text}" for order, day, text in cells)
        elements.set_alt_text(frame, f"Table of notes: {listed}")


def _add_campaigns(deck: SlideDeck, report: Report) -> None:
    """Add a slide with the campaigns of the range, if there are any."""
    cells = [list(row) for row in campaign_cells(report)]
    if not cells:
        return
    slide = deck.add_slide(campaigns_title(report))
    area = _add_subtitle(
        deck, slide, "Shares of the users to whom a campaign was sent. Launches are marked in the trend."
    )
    frame = elements.add_table(slide, area, list(CAMPAIGN_COLUMNS), cells, weights=CAMPAIGN_WEIGHTS, size=NOTE_SIZE)
    listed = "; ".join(", ".join(row) for row in cells)
    elements.set_alt_text(frame, f"Table of campaigns: {listed}.")


def _add_sources(deck: SlideDeck, report: Report) -> None:
    """Add sources at the left and definitions at the right, in the largest size in which both fit."""
    slide = deck.add_slide("Sources and definitions")
    columns = list(zip(deck.content.columns(1, 1), (sources(report), definitions(report)), strict=True))

    def fits(size: float) -> bool:
        return all(
            sum(elements.text_height(": ".join(term), size, area.width) + Pt(7) for term in terms) <= area.height
            for area, terms in columns
        )

    size = next(filter(fits, SOURCES_SIZES), SOURCES_SIZES[-1])
    for area, terms in columns:
        frame = slide.shapes.add_textbox(*area.box).text_frame
        frame.word_wrap = True
        paragraph = frame.paragraphs[0]
        for term, meaning in terms:
            elements.add_run(paragraph, f"{term}: ", size, INK, bold=True)
            elements.add_run(paragraph, meaning, size, INK)
            paragraph.space_after = Pt(7)
            paragraph = frame.add_paragraph()


def _add_stamp(deck: SlideDeck, slide: Slide, report: Report) -> None:
    """Add the stamp at the foot. A name that leaves no room for the rest is shortened: slide 1 has all of it."""
    box = slide.shapes.add_textbox(*deck.foot.box)
    box.name = "Stamp"
    frame = box.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_top = frame.margin_bottom = Emu(0)
    text, size = _fitted_stamp(report.stamp, deck.foot)
    if report.is_sample:
        text = text.removesuffix(SAMPLE_MARK)
    elements.add_run(frame.paragraphs[0], text, size, QUIET)
    if report.is_sample:
        elements.add_run(frame.paragraphs[0], SAMPLE_MARK, size, WARNING, bold=True)


def _fitted_stamp(stamp: Stamp, area: Area) -> tuple[str, float]:
    """Return the stamp and the size in points in which it fits into an area."""
    for size in STAMP_SIZES:
        if elements.text_height(stamp.text, size, area.width) <= area.height:
            return stamp.text, size
    size = STAMP_SIZES[-1]
    lines = max(int(area.height / elements.line_height(size)), 1)
    room = lines * elements.line_ems(size, area.width) - em_width(" · ".join(("", *stamp.parts[1:])))
    return " · ".join((shorten(stamp.parts[0], room * STAMP_FILL), *stamp.parts[1:])), size


def _add_subtitle(deck: SlideDeck, slide: Slide, text: str) -> Area:
    """Add sentences under the title; return the area that is left below them."""
    area = deck.content
    size = next(
        (size for size in SUBTITLE_SIZES if elements.text_height(text, size, area.width) <= area.height * 0.3),
        SUBTITLE_SIZES[-1],
    )
    height = min(elements.text_height(text, size, area.width) + Pt(8), round(area.height * 0.5))
    frame = slide.shapes.add_textbox(*area.first(height).box).text_frame
    frame.word_wrap = True
    frame.margin_top = Emu(0)
    elements.add_run(frame.paragraphs[0], text, size, QUIET)
    return area.below(height)


def _period_days(timeline: Timeline) -> list[date]:
    """Return what each period is called: the day of its last snapshot, or its first day where it has none."""
    if timeline.resolution is Resolution.DAY:
        return [label.date() for label in timeline.users.index]
    taken = timeline.users["taken_at"]
    return [
        label.date() if pd.isna(at) else max(at.astimezone(timeline.zone).date(), label.date())
        for label, at in zip(timeline.users.index, taken, strict=True)
    ]


def _period_labels(timeline: Timeline) -> list[str]:
    """Return the label of each column: `24 Nov 2026` (a week’s last snapshot), `Nov 2026`, `Q4 2026` or `2026`."""
    match timeline.resolution:
        case Resolution.DAY | Resolution.WEEK:
            return [format_date(when) for when in _period_days(timeline)]
        case Resolution.MONTH:
            return [f"{MONTHS[label.month - 1]} {label.year}" for label in timeline.users.index]
        case Resolution.QUARTER:
            return [f"Q{label.quarter} {label.year}" for label in timeline.users.index]
        case Resolution.YEAR:
            return [str(label.year) for label in timeline.users.index]


def _whole_numbers(users: pd.Series[float]) -> list[int | None]:
    return [None if value != value else int(value) for value in users]


def _numbers(values: pd.Series[float]) -> list[float | None]:
    return [None if value != value else float(value) for value in values]


def _target_level(target: Target, set_on: date, days: Sequence[date]) -> list[float | None]:
    """Return the target's share from the day it was set to its date, and for the last two days at least."""
    start = min(sum(day < set_on for day in days), max(len(days) - 2, 0))
    return [target.share if index >= start and day <= target.by else None for index, day in enumerate(days)]


def _noted_periods(report: Report) -> dict[int, list[int]]:
    """Return the numbers of the notes by the index of the period that contains their day."""
    timeline = report.timeline
    positions = {label: index for index, label in enumerate(timeline.users.index)}
    numbers: dict[int, list[int]] = {}
    for number, note in report.annotations.notes_between(timeline.first, timeline.last):
        numbers.setdefault(positions[timeline.label_of(note.day)], []).append(number)
    return numbers


def _note_heights(noted: dict[int, list[int]], shares: pd.Series[float]) -> list[float | None]:
    """Return heights on the line, or 0 where the line has a gap."""
    heights: list[float | None] = [None] * len(shares)
    for index in noted:
        share = float(shares.iloc[index])
        heights[index] = share if share == share else 0.0
    return heights


def _ends_in_words(timeline: Timeline) -> str:
    there = timeline.users.dropna(subset=["users_graded"])
    ends = [there.iloc[0], there.iloc[-1]] if len(there) > 1 else [there.iloc[-1]]
    return "; ".join(
        f"{format_date(end['taken_at'].astimezone(timeline.zone).date())}: "
        + grades_in_words(ScoreCounts(*(int(end[grade]) for grade in (*"ABCDF", "other"))))
        for end in ends
    )
