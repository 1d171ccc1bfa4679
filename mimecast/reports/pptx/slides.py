"""A report as slides: native charts whose numbers can be edited in PowerPoint, never pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Pt

from mimecast.charts.palette import AT_RISK_LINE, GRADE_COLOURS, USERS_LINE
from mimecast.domain.notes import Note
from mimecast.domain.reporting_days import Resolution
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.timeline import Timeline
from mimecast.formatting import MONTHS, format_date, format_int, format_percent, pluralize
from mimecast.reports.grade_table import GradeRow, grade_rows
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.template import Area, add_slide, content_area, foot_area, number_slide, open_deck
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report
from mimecast.text.stamp import SAMPLE_MARK
from mimecast.text.summaries import coverage, grades_in_words, range_summary

CHARS_PER_NOTE_LINE: Final = 95


def render_pptx(report: Report, *, template: Path | None = None) -> bytes:
    """The report as a PowerPoint file. Raises TemplateUnusable."""
    deck = open_deck(template)
    deck.core_properties.title = report.title
    deck.core_properties.subject = report.stamp.text
    deck.core_properties.author = ""
    _grades(deck, report)
    _mix(deck, report)
    _at_risk(deck, report)
    _comparison(deck, report)
    _notes(deck, report)
    _about(deck, report)
    for slide in deck.slides:
        _stamp(deck, slide, report)
        number_slide(deck, slide)
    made = io.BytesIO()
    deck.save(made)
    return made.getvalue()


def _grades(deck: Deck, report: Report) -> None:
    said = report.headline
    slide = add_slide(deck, said.fact)
    about = ", ".join(filter(None, (report.title, report.stamp.account_name)))
    rest = said.rest.strip(" ,.").removeprefix("(grade D or F). ")
    area = _subtitle(deck, slide, f"{about}. At risk is grade D or F. {rest[:1].upper()}{rest[1:]}.")
    chart_area, side = area.columns(2.2, 1)
    counts = report.stamp.newest.counts
    shown = report.shown_grades
    data = CategoryChartData(number_format="#,##0")
    data.categories = [f"{grade} ({format_percent(counts.share(counts.users(grade)))})" for grade in shown]
    data.add_series(f"Users on {format_date(report.stamp.day)}", [counts.users(grade) for grade in shown])
    alt = f"Column chart. Users by SAFE Score grade: {grades_in_words(counts)}."
    chart = elements.add_chart(slide, chart_area, XL_CHART_TYPE.COLUMN_CLUSTERED, data, "Users by grade", alt)
    chart.has_legend = False
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format = "#,##0"
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    elements.style_font(plot.data_labels.font, 16, bold=True)
    for index, grade in enumerate(shown):
        elements.fill_with_grade(plot.series[0].points[index].format, grade)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    elements.style_font(chart.category_axis.tick_labels.font, 14)
    elements.style_axis_line(chart.category_axis)
    _key_numbers(slide, side, report)


def _key_numbers(slide: Slide, area: Area, report: Report) -> None:
    """At risk, doing well and users graded, each with its change."""
    frame = slide.shapes.add_textbox(*area.box).text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    for row in grade_rows(report)[-3:]:
        elements.add_run(paragraph, row.label, 14, elements.QUIET)
        paragraph = frame.add_paragraph()
        elements.add_run(
            paragraph,
            format_int(row.users) if row.name == "users_graded" else format_percent(row.share),
            30,
            elements.INK,
            bold=True,
        )
        if row.name != "users_graded":
            elements.add_run(paragraph, f"  {pluralize(row.users, 'user')}", 14, elements.INK)
        paragraph = frame.add_paragraph()
        if row.change_users is not None and report.compared_day:
            elements.add_run(paragraph, f"{row.change_text} since {format_date(report.compared_day)}", 12, _mood(row))
        else:
            elements.add_run(paragraph, "no earlier snapshot to compare with", 12, elements.QUIET)
        paragraph.space_after = Pt(16)
        paragraph = frame.add_paragraph()


def _mood(row: GradeRow) -> str:
    """A rise of the at-risk share is bad news; a change of users graded is neither."""
    change = round(row.change_points or 0.0, 1)
    if row.name == "users_graded" or not change:
        return elements.QUIET
    return elements.TARGET if (change < 0) == (row.name == "at_risk") else GRADE_COLOURS["F"]


def _mix(deck: Deck, report: Report) -> None:
    timeline = report.mix
    slide = add_slide(deck, f"Grade mix by {timeline.resolution}")
    area = _subtitle(
        deck,
        slide,
        f"{report.range_text}: shares of users graded, the last snapshot of each {timeline.resolution}. "
        f"{coverage(timeline)}; a {timeline.resolution} without one is left empty.",
    )
    if not timeline.has_shares:
        elements.add_sentence(slide, area, "Nobody was graded in this range.")
        return
    grades = timeline.shown_grades
    data = CategoryChartData(number_format="#,##0")
    data.categories = _names(timeline)
    for grade in reversed(grades):
        data.add_series(grade, _whole(timeline.users[grade]))
    alt = f"Stacked columns to 100 %, grade F at the bottom. {_ends_in_words(timeline)}. {coverage(timeline)}."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.COLUMN_STACKED_100, data, "Grade mix", alt)
    elements.add_legend(chart, XL_LEGEND_POSITION.RIGHT)
    chart.plots[0].gap_width = 12
    chart.plots[0].overlap = 100
    for series in chart.plots[0].series:
        elements.fill_with_grade(series.format, series.name)
    elements.style_value_axis(chart, "0%")
    elements.thin_out_labels(chart, len(timeline.users))


def _at_risk(deck: Deck, report: Report) -> None:
    timeline, marks = report.timeline, report.marks
    slide = add_slide(deck, "Share of users at risk (D + F)")
    said = " ".join(filter(None, (range_summary(timeline), report.target_text, report.usual_text)))
    area = _subtitle(deck, slide, said)
    if not timeline.has_shares:
        elements.add_sentence(slide, area, "Nobody was graded in this range.")
        return
    days = _days(timeline)
    shares = timeline.shares["at_risk"]
    data = CategoryChartData(number_format="0.0")
    data.categories = days
    data.add_series("At risk, % of users graded", _numbers(shares))
    if marks.target:
        data.add_series(
            f"Target: at most {format_percent(marks.target.share)}", _target(marks.target.share, marks.target.by, days)
        )
    if report.band:
        usual = [report.band.days.get(when) for when in days]
        data.add_series("Usual, lowest", [pair[0] if pair else None for pair in usual])
        data.add_series("Usual, highest", [pair[1] if pair else None for pair in usual])
    noted = _noted(marks.notes, days)
    if noted:
        data.add_series("Notes", _note_heights(noted, shares))
    alt = f"Line chart. {range_summary(timeline)} {coverage(timeline)}; days without a snapshot are gaps in the line."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.LINE, data, "Share of users at risk", alt)
    elements.add_legend(chart, XL_LEGEND_POSITION.BOTTOM)
    line, *others = chart.plots[0].series
    elements.style_line(line, AT_RISK_LINE, 2.5)
    if len(shares) <= 45 or _has_lonely_points(shares):
        line.marker.style = XL_MARKER_STYLE.CIRCLE
        line.marker.size = 5
        line.marker.format.fill.solid()
        line.marker.format.fill.fore_color.rgb = elements.rgb(AT_RISK_LINE)
        line.marker.format.line.fill.background()
    for series in others:
        if series.name.startswith("Target"):
            elements.style_line(series, elements.TARGET, 2, dash=MSO_LINE.DASH)
        elif series.name.startswith("Usual"):
            elements.style_line(series, USERS_LINE, 1.25, dash=MSO_LINE.ROUND_DOT)
        else:
            elements.style_note_markers(series, noted)
    elements.label_last(line, shares)
    elements.style_value_axis(chart, '0" %"')
    axis = chart.category_axis
    axis.tick_labels.number_format = "mmm yyyy" if (days[-1] - days[0]).days > 100 else "d mmm yyyy"
    axis.tick_labels.number_format_is_linked = False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    elements.style_axis_line(axis)
    elements.space_date_labels(axis, days)


def _comparison(deck: Deck, report: Report) -> None:
    compared, now = report.compared_day, format_date(report.stamp.day)
    title = f"Change since {format_date(compared)}" if compared else f"Users by grade on {now}"
    slide = add_slide(deck, title)
    comparison = report.comparison
    said = (
        f"{now} against {format_date(comparison.then_day)}, {pluralize(comparison.days, 'day')} earlier. "
        "Changes are net movement: counts do not say who moved from which grade to which."
        if comparison
        else "Nothing is stored from an earlier day to compare with."
    )
    area = _subtitle(deck, slide, said)
    rows = grade_rows(report)
    columns = ["Grade", format_date(compared), now, "Change"] if compared else ["Grade", now]
    cells = [
        [row.label, row.then_text, row.now_text, row.change_text] if compared else [row.label, row.now_text]
        for row in rows
    ]
    if not compared:
        area, _ = area.columns(1, 1)
    frame = elements.add_table(slide, area, columns, cells, weights=[1.3, *[1.0] * (len(columns) - 1)], size=15)
    for index, row in enumerate(rows, start=1):
        cell = frame.table.cell(index, 0)
        if row.is_group:
            for place in range(len(columns)):
                for run in frame.table.cell(index, place).text_frame.paragraphs[0].runs:
                    run.font.bold = True
        else:
            elements.add_swatch(cell, row.name)
        if compared:
            for run in frame.table.cell(index, 3).text_frame.paragraphs[0].runs:
                run.font.color.rgb = elements.rgb(_mood(row) if row.is_group else elements.INK)
    elements.set_alt_text(frame, f"Table: {said} " + "; ".join(f"{row.label} {row.now_text}" for row in rows) + ".")


def _notes(deck: Deck, report: Report) -> None:
    pages: list[list[tuple[int, Note]]] = []
    room = 0.0
    for order, note in enumerate(report.marks.notes, start=1):
        height = Pt(8 + 17 * (1 + len(note.text) // CHARS_PER_NOTE_LINE))
        if not pages or height > room:
            pages.append([])
            room = content_area(deck).height - Pt(60)
        pages[-1].append((order, note))
        room -= height
    for page, notes in enumerate(pages, start=1):
        slide = add_slide(deck, "Notes" if len(pages) == 1 else f"Notes, {page} of {len(pages)}")
        area = _subtitle(deck, slide, "What happened, in the team's own words. The numbers stand beside the line.")
        cells = [[str(order), format_date(note.day), note.text] for order, note in notes]
        frame = elements.add_table(
            slide, area, ["No.", "Day", "Note"], cells, weights=[0.5, 1.2, 8], size=13, right=False
        )
        elements.set_alt_text(
            frame, "Table of notes: " + "; ".join(f"{order} on {when}: {text}" for order, when, text in cells)
        )


def _about(deck: Deck, report: Report) -> None:
    slide = add_slide(deck, "Sources and definitions")
    area = content_area(deck)
    for part, terms in zip(area.columns(1, 1), (sources(report), definitions(report)), strict=True):
        frame = slide.shapes.add_textbox(*part.box).text_frame
        frame.word_wrap = True
        paragraph = frame.paragraphs[0]
        for term, meaning in terms:
            elements.add_run(paragraph, f"{term}: ", 13, elements.INK, bold=True)
            elements.add_run(paragraph, meaning, 13, elements.INK)
            paragraph.space_after = Pt(7)
            paragraph = frame.add_paragraph()


def _stamp(deck: Deck, slide: Slide, report: Report) -> None:
    box = slide.shapes.add_textbox(*foot_area(deck).box)
    box.name = "Stamp"
    frame = box.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_top = frame.margin_bottom = Emu(0)
    text = report.stamp.text
    if report.is_sample:
        text = text.removesuffix(SAMPLE_MARK)
    elements.add_run(frame.paragraphs[0], text, 10.5, elements.QUIET)
    if report.is_sample:
        elements.add_run(frame.paragraphs[0], SAMPLE_MARK, 10.5, elements.WARN, bold=True)


def _subtitle(deck: Deck, slide: Slide, text: str) -> Area:
    """One or two sentences under the title; returns what is left below them."""
    area = content_area(deck)
    lines = 1 + len(text) * 7.2 // (area.width / 12700)
    height = int(Pt(18 * lines + 8))
    frame = slide.shapes.add_textbox(*area.first(height).box).text_frame
    frame.word_wrap = True
    frame.margin_top = Emu(0)
    elements.add_run(frame.paragraphs[0], text, 14, elements.QUIET)
    return area.below(height)


def _days(timeline: Timeline) -> list[date]:
    """What each period is called: the day of its last snapshot, or its first day where it has none."""
    if timeline.resolution is Resolution.DAY:
        return [label.date() for label in timeline.users.index]
    taken = timeline.users["taken_at"]
    return [
        label.date() if pd.isna(at) else max(at.astimezone(timeline.zone).date(), label.date())
        for label, at in zip(timeline.users.index, taken, strict=True)
    ]


def _names(timeline: Timeline) -> list[str]:
    """What each column is called: `24 Nov 2026` (of a week: its last snapshot), `Nov 2026`, `Q4 2026` or `2026`."""
    match timeline.resolution:
        case Resolution.DAY | Resolution.WEEK:
            return [format_date(when) for when in _days(timeline)]
        case Resolution.MONTH:
            return [f"{MONTHS[label.month - 1]} {label.year}" for label in timeline.users.index]
        case Resolution.QUARTER:
            return [f"Q{label.quarter} {label.year}" for label in timeline.users.index]
        case Resolution.YEAR:
            return [str(label.year) for label in timeline.users.index]


def _whole(users: pd.Series[float]) -> list[int | None]:
    return [None if value != value else int(value) for value in users]


def _numbers(values: pd.Series[float]) -> list[float | None]:
    return [None if value != value else float(value) for value in values]


def _target(share: float, by: date, days: Sequence[date]) -> list[float | None]:
    """A level up to the day it is to be reached by, and at least as far as one can see."""
    return [share if when <= by or by < days[0] else None for when in days]


def _noted(notes: Sequence[Note], days: Sequence[date]) -> dict[int, list[int]]:
    """The periods that have notes, and the numbers of those, from 1 in the order of the list."""
    found: dict[int, list[int]] = {}
    for order, note in enumerate(notes, start=1):
        later = [index for index, when in enumerate(days) if when >= note.day]
        found.setdefault(later[0] if later else len(days) - 1, []).append(order)
    return found


def _note_heights(noted: dict[int, list[int]], shares: pd.Series[float]) -> list[float | None]:
    """On the line, or on the ground where the line has a gap."""
    heights: list[float | None] = [None] * len(shares)
    for index in noted:
        share = float(shares.iloc[index])
        heights[index] = share if share == share else 0.0
    return heights


def _has_lonely_points(shares: pd.Series[float]) -> bool:
    """Whether a value stands between two gaps, where no line would show it."""
    there = shares.notna()
    return bool((there & ~there.shift(1, fill_value=False) & ~there.shift(-1, fill_value=False)).any())


def _ends_in_words(timeline: Timeline) -> str:
    there = timeline.users.dropna(subset=["users_graded"])
    ends = [there.iloc[0], there.iloc[-1]] if len(there) > 1 else [there.iloc[-1]]
    return "; ".join(
        f"{format_date(end['taken_at'].astimezone(timeline.zone).date())}: "
        + grades_in_words(ScoreCounts(*(int(end[grade]) for grade in (*"ABCDF", "other"))))
        for end in ends
    )
