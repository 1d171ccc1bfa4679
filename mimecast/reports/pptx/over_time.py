"""Slides of a range of days: the share at risk with everything that is known about it, and the grade mix."""

from __future__ import annotations

from typing import Final

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE

from mimecast.charts.palette import GOOD, INK, PAPER
from mimecast.formatting import format_percent
from mimecast.reports.colours import BAND_FILL, trend_colour
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.periods import (
    ends_in_words,
    normal_range,
    note_heights,
    noted_periods,
    numbers,
    period_days,
    period_labels,
    target_level,
    whole_numbers,
)
from mimecast.reports.pptx.template import SlideDeck
from mimecast.reports.report import Report
from mimecast.text.changes import comparison_sentence
from mimecast.text.slide_titles import mix_title, trend_title
from mimecast.text.targets import goal_phrase, target_sentence
from mimecast.text.timelines import coverage, coverage_sentence

MAX_LABELLED_COLUMNS: Final = 15
"""Columns that are wide enough for a share in each."""

MIN_LABELLED_SHARE: Final = 3.5
"""Percent of a column that is high enough for its share in writing."""

LOWEST: Final = "Normal range, lowest"
RANGE: Final = "Normal range"
"""Names of the two series of the normal range: its lower limit, and its width."""


def add_trend(deck: SlideDeck, report: Report) -> None:
    """Add the share at risk with the target, the normal range and the numbers of all notes, where there is a trend."""
    timeline, annotations = report.timeline, report.annotations
    if timeline.shares["at_risk"].count() < 2:
        return
    slide = deck.add_slide(trend_title(timeline, report.since))
    sentence = comparison_sentence(report.since) if report.since else coverage_sentence(timeline)
    progress = target_sentence(report.progress, report.past_day) if report.progress else ""
    area = elements.add_subtitle(deck, slide, " ".join(filter(None, (sentence, progress))))
    days = period_days(timeline)
    shares = timeline.shares["at_risk"]
    data = CategoryChartData(number_format="0.0")
    data.categories = period_labels(timeline)
    data.add_series("At risk, % of users graded", numbers(shares))
    level = target_level(report, days)
    if level and annotations.target:
        data.add_series(f"Target: at most {goal_phrase(annotations.target)}", level)
    band = normal_range(report, days)
    if band:
        data.add_series(LOWEST, band[0])
        data.add_series(RANGE, band[1])
    noted = noted_periods(report)
    if noted:
        data.add_series("Notes", note_heights(list(noted), shares))
    alt = f"Line chart. {sentence} {coverage(timeline)}; days without a snapshot are gaps in the line."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.LINE, data, "Share of users at risk", alt)
    elements.place_plot(chart, 0.06, 0.04, 0.85, 0.76)
    line, *others = chart.plots[0].series
    colour = trend_colour(annotations.judged)
    elements.style_share_line(line, shares, colour)
    for series in others:
        if series.name.startswith("Target"):
            elements.style_line(series, GOOD, 2, dash=MSO_LINE.DASH)
        elif series.name == "Notes":
            elements.style_note_markers(series, {index: ", ".join(map(str, each)) for index, each in noted.items()})
    known = shares.reset_index(drop=True).dropna()
    last = format_percent(float(known.iloc[-1]))
    elements.label_point(line, int(known.index[-1]), last, XL_LABEL_POSITION.RIGHT, 16, colour, bold=True)
    if others:
        elements.add_legend(chart, XL_LEGEND_POSITION.BOTTOM)
    else:
        chart.has_legend = False
    elements.style_value_axis(chart, '0"%"' if known.max() > 2 else '0.0"%"')
    highest = [float(known.max()), *(each for each in level or [] if each is not None)]
    if band:
        elements.shade_between(chart, LOWEST, RANGE, BAND_FILL)
        elements.hide_from_legend(chart, 0)
        highest += [low + width for low, width in zip(*band, strict=True) if low is not None and width is not None]
    elements.set_ceiling(chart, max(highest))
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    elements.thin_out_labels(chart, len(days), 7)
    elements.keep_labels_level(chart.category_axis)


def add_mix(deck: SlideDeck, report: Report) -> None:
    """Add the shares of all grades over the range, in columns of a month or more, where there are several."""
    timeline = report.slide_mix
    if timeline.shares["A"].count() < 2:
        return
    slide = deck.add_slide(mix_title(timeline))
    left_empty = f"; a {timeline.resolution} without one is left empty" if timeline.gaps() else ""
    sentence = (
        f"{report.range_text}: shares of users graded, the last snapshot of each {timeline.resolution}. "
        f"{coverage(timeline)}{left_empty}."
    )
    area = elements.add_subtitle(deck, slide, sentence)
    data = CategoryChartData(number_format="#,##0")
    data.categories = period_labels(timeline)
    for grade in reversed(timeline.shown_grades):
        data.add_series(grade, whole_numbers(timeline.users[grade]))
    alt = f"Stacked columns to 100%, grade F at the bottom. {ends_in_words(timeline)}. {coverage(timeline)}."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.COLUMN_STACKED_100, data, "Grade mix", alt)
    elements.add_legend(chart, XL_LEGEND_POSITION.RIGHT)
    chart.plots[0].gap_width = 18
    chart.plots[0].overlap = 100
    known = timeline.shares["A"].reset_index(drop=True).dropna().index
    for series in chart.plots[0].series:
        elements.fill_with_grade(series.format, series.name, outlined=False)
        shares = timeline.shares[series.name]
        for index in dict.fromkeys((int(known[0]), int(known[-1]))):
            share = float(shares.iloc[index])
            if share >= MIN_LABELLED_SHARE and len(timeline.users) <= MAX_LABELLED_COLUMNS:
                ink = PAPER if series.name in "AF" else INK
                elements.label_point(
                    series, index, format_percent(share), XL_LABEL_POSITION.CENTER, 10, ink, bold=series.name in "DF"
                )
    elements.style_value_axis(chart, "0%")
    chart.value_axis.major_unit = 0.25
    if len(timeline.users) > MAX_LABELLED_COLUMNS:
        elements.thin_out_labels(chart, len(timeline.users), MAX_LABELLED_COLUMNS)
    elements.keep_labels_level(chart.category_axis, wrapped=True)
