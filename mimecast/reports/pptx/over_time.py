"""Slides of a range of days: the share at risk with everything that is known about it, and the grade mix."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE

from mimecast.domain.timeline import known_values
from mimecast.formatting import format_percent
from mimecast.palette import GOOD, INK, PAPER
from mimecast.reports.judgement_colours import BAND_FILL, trend_colour
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.causes import launches_by_period, style_launches
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
from mimecast.reports.pptx.periods import (
    ends_in_words,
    normal_range,
    note_heights,
    noted_periods,
    period_days,
    period_labels,
    target_level,
)
from mimecast.reports.pptx.template import SlideDeck
from mimecast.reports.report import Report
from mimecast.text.causes import causes_sentences
from mimecast.text.changes import comparison_sentence, shortened_sentence
from mimecast.text.slide_titles import mix_title, trend_title
from mimecast.text.targets import goal_phrase, target_sentence
from mimecast.text.timelines import coverage

MAX_LABELLED_COLUMNS: Final = 15
"""Columns that are wide enough for a share in each."""

MIN_LABELLED_SHARE: Final = 3.5
"""Percent of a column that is high enough for its share in writing."""

LOWEST: Final = "Normal range, lowest"
RANGE: Final = "Normal range"
"""Names of the two series of the normal range: its lower limit, and its width."""

LAUNCHES: Final = "Campaign launches"
"""Name of the series of the launches of campaigns."""

TREND_PLOT: Final = (0.06, 0.04, 0.85, 0.72)
"""Left, top, width and height of the plot of the trend in its chart."""


def add_trend(deck: SlideDeck, report: Report) -> None:
    """Add the share at risk with the target, the normal range, all causes and the numbers of all notes.

    Without a trend there is no slide.
    """
    timeline, annotations = report.timeline, report.annotations
    if len(known_values(timeline.shares("at_risk"))) < 2:
        return
    slide = deck.add_slide(trend_title(timeline, report.since))
    sentence = comparison_sentence(report.since) if report.since else f"{coverage(timeline)}."
    restart = shortened_sentence(report.restart) if report.restart else ""
    progress = target_sentence(report.progress, report.past_day) if report.progress else ""
    area = elements.add_subtitle(deck, slide, " ".join(filter(None, (sentence, restart, progress))))
    plot = Plot(area, TREND_PLOT)
    causes = causes_sentences(annotations.causes, timeline.first, timeline.last, timeline.zone, with_lines=True)
    compared = f"{sentence} " if report.since else ""
    alt = f"Line chart. {compared}{coverage(timeline)}; days without a snapshot are gaps in the line."
    colour = trend_colour(annotations.judged)
    lines, band, references = share_lines(report, colour), _band_series(report), reference_lines(report)
    levels = [series for _, series in references]
    drawn = [*lines, *levels, *_target_series(report), *band, *_marks(report)]
    highest = max([highest_value(drawn), *(low + width for low, width in _band_edges(band))])
    drawn[len(lines) : len(lines)] = restarts = restart_lines(report, highest)
    chart = add_line_chart(slide, plot, report, drawn, "Share of users at risk", " ".join([alt, *causes]))
    known = known_values(timeline.shares("at_risk"))
    last_index, last_share = known[-1]
    last_line = chart.plots[0].series[len(lines) - 1]
    last = format_percent(last_share)
    elements.label_point(last_line, last_index, last, XL_LABEL_POSITION.RIGHT, 16, colour, bold=True)
    elements.style_value_axis(chart, '0"%"' if max(share for _, share in known) > 2 else '0.0"%"')
    elements.set_ceiling(chart, highest)
    label_reference_lines(chart, plot, drawn, references, has_source=True)
    if len(drawn) == 1:
        chart.has_legend = False
    else:
        elements.add_legend(chart, XL_LEGEND_POSITION.BOTTOM)
        for position in range(len(lines) + len(restarts) + len(levels) - 1, 0, -1):
            elements.hide_from_legend(chart, len(band) + position)
    if band:
        elements.shade_between(chart, LOWEST, RANGE, BAND_FILL)
        elements.hide_from_legend(chart, 0)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    elements.thin_out_labels(chart, len(timeline.periods), 7)
    elements.keep_labels_level(chart.category_axis)


def _target_series(report: Report) -> list[DrawnSeries]:
    """Return the target's line, where there is one."""
    level, target = target_level(report, period_days(report.timeline)), report.annotations.target
    if level is None or target is None:
        return []
    style = partial(elements.style_line, colour=GOOD, width=2, dash=MSO_LINE.DASH)
    return [DrawnSeries(f"Target: at most {goal_phrase(target)}", level, style)]


def _band_series(report: Report) -> list[DrawnSeries]:
    """Return the two series of the normal range, which becomes an area; none without one."""
    band = normal_range(report, period_days(report.timeline))
    if band is None:
        return []
    style = partial(elements.style_line, colour=BAND_FILL, width=1)
    return [DrawnSeries(name, values, style) for name, values in zip((LOWEST, RANGE), band, strict=True)]


def _band_edges(band: Sequence[DrawnSeries]) -> list[tuple[float, float]]:
    """Return the lower limit and the width of the normal range where it is known."""
    if not band:
        return []
    pairs = zip(band[0].values, band[1].values, strict=True)
    return [(low, width) for low, width in pairs if low is not None and width is not None]


def _marks(report: Report) -> list[DrawnSeries]:
    """Return the launches of campaigns on the time axis, and the notes on the line, where there are any."""
    timeline = report.timeline
    marks = []
    if launches := launches_by_period(report.annotations.causes, timeline):
        heights = [0.0 if index in launches else None for index in range(len(timeline.periods))]
        marks.append(DrawnSeries(LAUNCHES, heights, partial(style_launches, launches=launches)))
    if noted := noted_periods(report):
        labels = {index: ", ".join(map(str, each)) for index, each in noted.items()}
        heights = note_heights(list(noted), timeline.shares("at_risk"))
        marks.append(DrawnSeries("Notes", heights, partial(elements.style_note_markers, labels=labels)))
    return marks


def add_mix(deck: SlideDeck, report: Report) -> None:
    """Add the shares of all grades over the range, in columns of a month or more, where there are several."""
    timeline = report.slide_mix
    known = known_values(timeline.shares("A"))
    if len(known) < 2:
        return
    slide = deck.add_slide(mix_title(timeline))
    left_empty = f"; a {timeline.resolution} without one is left empty" if timeline.gaps() else ""
    sentence = (
        f"{report.range_text}: shares of users graded, from the last snapshot of each {timeline.resolution}. "
        f"{coverage(timeline)}{left_empty}."
    )
    area = elements.add_subtitle(deck, slide, sentence)
    data = CategoryChartData(number_format="#,##0")
    data.categories = period_labels(timeline)
    for grade in reversed(timeline.shown_grades):
        data.add_series(grade, timeline.users(grade))
    alt = f"Stacked columns to 100%, grade F at the bottom. {ends_in_words(timeline)}. {coverage(timeline)}."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.COLUMN_STACKED_100, data, "Grade mix", alt)
    elements.add_legend(chart, XL_LEGEND_POSITION.RIGHT)
    chart.plots[0].gap_width = 18
    chart.plots[0].overlap = 100
    for series in chart.plots[0].series:
        elements.fill_with_grade(series.format, series.name, outlined=False)
        shares = timeline.shares(series.name)
        for index, _ in (known[0], known[-1]):
            share = shares[index] or 0.0
            if share >= MIN_LABELLED_SHARE and len(timeline.periods) <= MAX_LABELLED_COLUMNS:
                ink = PAPER if series.name in "AF" else INK
                elements.label_point(
                    series, index, format_percent(share), XL_LABEL_POSITION.CENTER, 10, ink, bold=series.name in "DF"
                )
    elements.style_value_axis(chart, "0%")
    chart.value_axis.major_unit = 0.25
    if len(timeline.periods) > MAX_LABELLED_COLUMNS:
        elements.thin_out_labels(chart, len(timeline.periods), MAX_LABELLED_COLUMNS)
    elements.keep_labels_level(chart.category_axis, wrapped=True)
