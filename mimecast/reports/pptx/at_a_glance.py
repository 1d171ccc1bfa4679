"""The first slide: how many are at risk, whether that improves, and by grade, to be understood in five seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from pptx.chart.data import CategoryChartData
from pptx.chart.series import LineSeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from mimecast.charts.text_width import BOLD, em_width, shorten
from mimecast.domain.targets import TargetStatus
from mimecast.domain.timeline import known_values
from mimecast.formatting import format_date, format_int, format_percent
from mimecast.palette import BAD, GOOD, GRADE_COLOURS, INK, PAPER, QUIET
from mimecast.reports.judgement_colours import change_colour, trend_colour
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.lines import (
    DrawnSeries,
    Plot,
    add_line_chart,
    highest_value,
    label_reference_lines,
    reference_lines,
    restart_lines,
    share_lines,
)
from mimecast.reports.pptx.periods import bridged_share, note_heights, period_days, target_level
from mimecast.reports.pptx.template import Area, SlideDeck
from mimecast.reports.report import Report
from mimecast.text.changes import comparison_sentence
from mimecast.text.grades import grades_in_words
from mimecast.text.targets import short_goal_phrase
from mimecast.text.timelines import coverage, empty_range_sentence

NUMBER_SIZE: Final = 80
"""Points of the share at risk, where there is room."""

COLUMN_WEIGHTS: Final = (1, 2.1)
"""Proportions of the share at risk and its line."""

GRADE_SIZES: Final = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
"""Sizes of the line of grades in points; the largest with which it fits is used."""

PLOT: Final = (0.02, 0.06, 0.87, 0.8)
"""Left, top, width and height of the plot in its chart. The newest value is at its right."""

MAX_WRITTEN_NOTES: Final = 3
MAX_NOTE_EMS: Final = 15.0
NOTE_SIZE: Final = 11
"""How many notes are written on the plot, how long each is, and the size of their text in points."""

MIN_LETTER_SHARE: Final = 2.0
"""Percent of the bar that a grade needs for its letter."""

STATUS_COLOURS: Final = {
    TargetStatus.REACHED: GOOD,
    TargetStatus.ON_TRACK: GOOD,
    TargetStatus.OFF_TRACK: BAD,
    TargetStatus.MISSED: BAD,
}


def add_at_a_glance(deck: SlideDeck, report: Report) -> None:
    """Add the slide."""
    slide = deck.add_slide(report.summary.headline)
    subject = " · ".join(filter(None, (report.title, report.stamp.account_name, report.range_text)))
    area = elements.add_subtitle(deck, slide, subject)
    if report.stamp.newest.counts.users_graded:
        foot = min(Inches(1), round(area.height * 0.22))
        _add_grades(slide, area.below(area.height - foot), report)
        area = area.first(area.height - foot - Inches(0.1))
    left, right = area.columns(*COLUMN_WEIGHTS)
    _add_answer(slide, left, report)
    if report.timeline.has_risk:
        _add_line(slide, right, report)
    else:
        elements.add_sentence(slide, right, empty_range_sentence(report.timeline))


def _add_answer(slide: Slide, area: Area, report: Report) -> None:
    """Add the share at risk and the sentences that follow the headline."""
    frame = slide.shapes.add_textbox(*area.box).text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_top = frame.margin_bottom = Emu(0)
    paragraph = frame.paragraphs[0]
    summary, share = report.summary, report.stamp.newest.counts.at_risk_share
    if share is not None:
        text = format_percent(share)
        fitting = elements.line_ems(1, area.width) / (em_width(text) * BOLD)
        size = min(NUMBER_SIZE, fitting, float(area.height / Pt(1)) * 0.3)
        elements.add_run(paragraph, text, round(size), trend_colour(report.annotations.judged), bold=True)
        paragraph = frame.add_paragraph()
        elements.add_run(paragraph, "of users at risk", 18, INK, bold=True)
        paragraph.space_after = Pt(8)
        paragraph = frame.add_paragraph()
    elements.add_run(paragraph, summary.counts, 16, INK)
    for text, colour in (
        (summary.change, change_colour(report.annotations.judged)),
        (summary.headcount, QUIET),
        (summary.restart, QUIET),
        (summary.target, STATUS_COLOURS.get(report.progress.status, QUIET) if report.progress else QUIET),
    ):
        if text:
            paragraph.space_after = Pt(8)
            paragraph = frame.add_paragraph()
            elements.add_run(paragraph, text, 14, colour)


def _add_line(slide: Slide, area: Area, report: Report) -> None:
    """Add the share at risk over the range, with its ends, the target, reference lines and up to three notes."""
    timeline, target = report.timeline, report.annotations.target
    shares, plot = timeline.shares("at_risk"), Plot(area, PLOT)
    colour = trend_colour(report.annotations.judged)
    lines, references = share_lines(report, colour), reference_lines(report)
    drawn = [*lines, *(series for _, series in references)]
    level = target_level(report, period_days(timeline))
    if level and target:
        dashed = partial(elements.style_line, colour=GOOD, width=2, dash=MSO_LINE.DASH)
        drawn.append(DrawnSeries(f"Target {short_goal_phrase(target)}", level, dashed))
    if notes := _written_notes(report, area):
        heights = note_heights(list(notes), shares)
        drawn.append(DrawnSeries("Notes", heights, partial(elements.style_note_markers, labels=notes)))
    highest = highest_value(drawn)
    drawn += restart_lines(report, highest)
    compared = f"{comparison_sentence(report.since)} " if report.since else ""
    causes = report.annotations.causes.lines_from(timeline.first)
    alt = " ".join(
        [
            f"Line chart. {compared}{coverage(timeline)}; days without a snapshot are gaps in the line.",
            *(f"Reference line: {line.text}." for line in causes),
        ]
    )
    chart = add_line_chart(slide, plot, report, drawn, "At risk, at a glance", alt)
    chart.has_legend = False
    series = list(chart.plots[0].series)
    known = known_values(shares)
    (first_index, first), (last_index, last) = known[0], known[-1]
    if len(known) > 1:
        above = XL_LABEL_POSITION.ABOVE
        elements.label_point(series[0], first_index, format_percent(first), above, 14, QUIET, bold=True)
    last_line = series[len(lines) - 1]
    elements.label_point(last_line, last_index, format_percent(last), XL_LABEL_POSITION.RIGHT, 18, colour, bold=True)
    if level and target:
        _label_target(series[len(lines) + len(references)], level, shares)
    elements.style_value_axis(chart, '0"%"')
    elements.set_ceiling(chart, highest)
    label_reference_lines(chart, plot, drawn, references, has_source=False)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    elements.thin_out_labels(chart, len(timeline.periods), 5)
    elements.keep_labels_level(chart.category_axis)


def _label_target(series: LineSeries, level: list[float | None], shares: Sequence[float | None]) -> None:
    """Write the target's name left of its line, or above or below a long one where the share is not."""
    drawn = [index for index, value in enumerate(level) if value is not None]
    if drawn[0] > len(level) * 0.4:
        index, position = drawn[0], XL_LABEL_POSITION.LEFT
    else:
        index = drawn[len(drawn) // 2]
        share = bridged_share(shares, index)
        is_below = (level[index] or 0.0) <= share and (level[index] or 0.0) > share * 0.2
        position = XL_LABEL_POSITION.BELOW if is_below else XL_LABEL_POSITION.ABOVE
    elements.label_point(series, index, series.name, position, 12, GOOD, bold=False)


def _written_notes(report: Report, area: Area) -> dict[int, str]:
    """Return the last notes that can be written side by side on the plot, by the index of their period."""
    timeline = report.timeline
    width = float(area.width / Pt(NOTE_SIZE)) * PLOT[2]
    taken = [(0.0, 4.0)]
    written: dict[int, str] = {}
    for _, note in reversed(report.annotations.notes_between(timeline.first, timeline.last)):
        index = timeline.index_of(note.day)
        if note.is_restart:  # it has a line of its own
            continue
        text = shorten(note.text, MAX_NOTE_EMS)
        middle, half = width * (index + 0.5) / len(timeline.periods), em_width(text) / 2 + 0.5
        is_free = all(middle + half <= start or middle - half >= end for start, end in taken)
        if is_free and middle - half > 0 and middle + half < width and len(written) < MAX_WRITTEN_NOTES:
            taken.append((middle - half, middle + half))
            written[index] = text
    return dict(sorted(written.items()))


def _add_grades(slide: Slide, area: Area, report: Report) -> None:
    """Add one bar of all users graded, and above it the users and share of each grade."""
    counts = report.stamp.newest.counts
    grades = counts.shown_grades
    texts = [
        f"{grade} {format_int(counts.users(grade))} ({format_percent(counts.share_of(grade))})" for grade in grades
    ]
    sentence = "     ".join(f"■ {text}" for text in texts)
    words = round(area.height * 0.42)
    size = next(
        (size for size in GRADE_SIZES if em_width(sentence) <= elements.line_ems(size, area.width)), GRADE_SIZES[-1]
    )
    frame = slide.shapes.add_textbox(*area.first(words).box).text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    frame.margin_top = frame.margin_bottom = Emu(0)
    paragraph = frame.paragraphs[0]
    for grade, text in zip(grades, texts, strict=True):
        elements.add_run(paragraph, "■ ", size, GRADE_COLOURS[grade])
        elements.add_run(paragraph, f"{text}     ", size, INK, bold=grade in "DF")
    day = format_date(report.stamp.day)
    data = CategoryChartData(number_format="#,##0")
    data.categories = [f"Users on {day}"]
    for grade in grades:
        data.add_series(grade, [counts.users(grade)])
    alt = f"Bar stacked to 100%. Users by SAFE Score grade on {day}: {grades_in_words(counts)}."
    chart = elements.add_chart(slide, area.below(words), XL_CHART_TYPE.BAR_STACKED_100, data, "Users by grade", alt)
    chart.has_legend = False
    elements.place_plot(chart, 0.008, 0.1, 0.984, 0.8)
    chart.plots[0].gap_width = 10
    chart.plots[0].overlap = 100
    for axis in (chart.value_axis, chart.category_axis):
        axis.visible = False
        axis.has_major_gridlines = False
    for series in chart.plots[0].series:
        elements.fill_with_grade(series.format, series.name, outlined=False)
        if (counts.share_of(series.name) or 0.0) >= MIN_LETTER_SHARE and len(series.name) == 1:
            labels = series.data_labels
            labels.show_series_name = True
            labels.show_value = False
            elements.style_font(labels.font, 12, bold=True)
            labels.font.color.rgb = RGBColor.from_string((PAPER if series.name in "AF" else INK).lstrip("#").upper())
