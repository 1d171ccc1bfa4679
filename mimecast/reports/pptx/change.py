"""The slide of the recent change: by grade as a chart, and in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
from pptx.slide import Slide

from mimecast.charts.text_width import BOLD, em_width
from mimecast.domain.comparison import Comparison
from mimecast.formatting import format_date, format_points, round_points
from mimecast.palette import QUIET
from mimecast.reports.grade_table import grade_rows
from mimecast.reports.judgement_colours import change_colour
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.template import Area, SlideDeck
from mimecast.reports.report import Report
from mimecast.text.changes import NET_CHANGES, comparison_sentence, verdict_sentence
from mimecast.text.grades import label_of
from mimecast.text.slide_titles import change_title

TABLE_SIZES: Final = (15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
"""Sizes of the table's text in points."""

POINTS_FORMAT: Final = "+0.0;\u22120.0;0.0"
"""Number format of points, with a minus sign."""


def add_change(deck: SlideDeck, report: Report) -> None:
    """Add the change of each grade since the day to compare with, or the grades alone without such a day."""
    comparison, judged = report.comparison, report.annotations.judged
    newest, now = report.stamp.newest, format_date(report.stamp.day)
    rows = grade_rows(newest.counts, comparison)
    slide = deck.add_slide(change_title(comparison, newest, judged, is_past=report.past_day is not None))
    if comparison:
        then = format_date(comparison.then_day)
        is_judged = judged is not None and comparison.change_in_points("at_risk") is not None
        verdict = verdict_sentence(judged) if judged and is_judged else ""
        sentence = " ".join(filter(None, (comparison_sentence(comparison), verdict, NET_CHANGES)))
        columns = ["Grade", then, now, "Change"]
        cells = [[row.label, row.then_text, row.now_text, row.change_text] for row in rows]
    else:
        sentence = report.summary.change or "There is no earlier day to compare with."
        columns, cells = ["Grade", now], [[row.label, row.now_text] for row in rows]
    area = elements.add_subtitle(deck, slide, sentence)
    chart_area, table_area = area.columns(1, 1.9)
    if comparison and comparison.has_shares:
        _add_changes(slide, chart_area, comparison)
    elif newest.counts.users_graded:
        _add_users(slide, chart_area, report)
    else:
        table_area = area
    weights = [1.35, *[1.0] * (len(columns) - 2), 1.35]
    size = _table_size([columns, *cells], table_area, weights)
    frame = elements.add_table(slide, table_area, columns, cells, weights=weights, size=size)
    for index, row in enumerate(rows, start=1):
        table_cells = [frame.table.cell(index, column) for column in range(len(columns))]
        if row.is_group:
            for run in (run for cell in table_cells for run in cell.text_frame.paragraphs[0].runs):
                run.font.bold = True
        else:
            elements.add_swatch(table_cells[0], row.name, row.label)
        if row.name == "at_risk" and comparison and (colour := change_colour(judged)) != QUIET:
            for run in table_cells[3].text_frame.paragraphs[0].runs:
                run.font.color.rgb = elements.rgb(colour)
    elements.set_alt_text(frame, f"Table: {sentence} " + "; ".join(f"{row.label} {row.now_text}" for row in rows) + ".")


def _table_size(rows: Sequence[Sequence[str]], area: Area, weights: Sequence[float]) -> float:
    """Return the largest size in points in which every cell is one line."""
    widths = [round(area.width * weight / sum(weights)) for weight in weights]

    def fits(size: float) -> bool:
        return all(
            em_width(text) * BOLD <= elements.line_ems(size, width)
            for row in rows
            for text, width in zip(row, widths, strict=True)
        )

    return next(filter(fits, TABLE_SIZES), TABLE_SIZES[-1])


def _add_changes(slide: Slide, area: Area, comparison: Comparison) -> None:
    """Add one column for each grade, up or down from zero, which is in the middle."""
    changes = {grade: comparison.change_in_points(grade) or 0.0 for grade in comparison.shown_grades}
    data = CategoryChartData(number_format=POINTS_FORMAT)
    data.categories = [label_of(grade) for grade in changes]
    data.add_series("Change in the share, points", [round_points(change) for change in changes.values()])
    listed = ", ".join(f"{grade} {format_points(change)}" for grade, change in changes.items())
    alt = f"Column chart. Change in each grade's share since {format_date(comparison.then_day)}: {listed}."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.COLUMN_CLUSTERED, data, "Change by grade", alt)
    _style_columns(chart, list(changes), POINTS_FORMAT)
    limit = max(*map(abs, changes.values()), 0.1) * 1.25
    chart.value_axis.maximum_scale, chart.value_axis.minimum_scale = limit, -limit
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def _add_users(slide: Slide, area: Area, report: Report) -> None:
    """Add one column for each grade, as high as it has users."""
    counts, day = report.stamp.newest.counts, format_date(report.stamp.day)
    data = CategoryChartData(number_format="#,##0")
    data.categories = [label_of(grade) for grade in counts.shown_grades]
    data.add_series(f"Users on {day}", [counts.users(grade) for grade in counts.shown_grades])
    listed = ", ".join(f"{grade} {counts.users(grade)}" for grade in counts.shown_grades)
    alt = f"Column chart. Users by SAFE Score grade on {day}: {listed}."
    chart = elements.add_chart(slide, area, XL_CHART_TYPE.COLUMN_CLUSTERED, data, "Users in each grade", alt)
    _style_columns(chart, list(counts.shown_grades), "#,##0")
    chart.value_axis.minimum_scale = 0


def _style_columns(chart: Chart, grades: list[str], number_format: str) -> None:
    chart.has_legend = False
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    plot.data_labels.number_format = number_format
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    elements.style_font(plot.data_labels.font, 14, bold=True)
    plot.series[0].invert_if_negative = False
    for index, grade in enumerate(grades):
        elements.fill_with_grade(plot.series[0].points[index].format, grade)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    elements.style_font(chart.category_axis.tick_labels.font, 16, bold=True)
    elements.style_axis_line(chart.category_axis)
