"""Elements of slides: text, tables and native charts, and their styles. Their text comes from `slides`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
from lxml import etree
from pptx.chart.axis import _BaseAxis
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.series import LineSeries
from pptx.dml.chtfmt import ChartFormat
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.table import _Cell
from pptx.text.text import Font, _Paragraph
from pptx.util import Emu, Inches, Pt

from mimecast.charts.palette import AT_RISK_LINE, GRADE_COLOURS, GRADE_OUTLINES, HEADER_FILL, INK, PAPER, QUIET, RULE
from mimecast.charts.text_width import wrap
from mimecast.formatting import format_percent
from mimecast.reports.pptx.template import Area
from mimecast.reports.xml_text import xml_text

BOX_INSET: Final = Inches(0.1)
"""Left and right margin of a text box, unless it is set."""

LINE_SPACING: Final = 1.2
"""Height of a line relative to the size of its text."""


def add_sentence(slide: Slide, area: Area, sentence: str) -> None:
    """Add a sentence in the middle of an area, where a chart would be."""
    frame = slide.shapes.add_textbox(*area.box).text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.paragraphs[0].alignment = PP_ALIGN.CENTER
    add_run(frame.paragraphs[0], sentence, 18, QUIET)


def add_chart(slide: Slide, area: Area, kind: XL_CHART_TYPE, data: CategoryChartData, name: str, alt: str) -> Chart:
    """Add a chart that can be edited in PowerPoint, with its text alternative."""
    frame: Any = slide.shapes.add_chart(kind, *area.box, data)
    frame.name = name
    set_alt_text(frame, alt)
    chart: Chart = frame.chart
    chart.has_title = False
    style_font(chart.font, 12)
    return chart


def add_table(
    slide: Slide,
    area: Area,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    weights: Sequence[float],
    size: float,
    right: bool = True,
) -> GraphicFrame:
    """Add a table under a header, in rows as high as their text.

    Columns share the width in proportion to `weights`. `size` is in points. With `right`, all columns but the first are
    right-aligned.
    """
    height = min(area.height, int(Pt(size * 1.9)) * (len(rows) + 1))
    frame = slide.shapes.add_table(len(rows) + 1, len(columns), *area.first(height).box)
    table = frame.table
    table.horz_banding = False
    for index, weight in enumerate(weights):
        table.columns[index].width = Emu(round(area.width * weight / sum(weights)))
    for row, texts in enumerate([columns, *rows]):
        for column, text in enumerate(texts):
            cell = table.cell(row, column)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Pt(2)
            cell.fill.solid()
            cell.fill.fore_color.rgb = rgb(HEADER_FILL if row == 0 else PAPER)
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if right and column else PP_ALIGN.LEFT
            add_run(paragraph, text, size, INK, bold=row == 0)
    return frame


def add_swatch(cell: _Cell, grade: str) -> None:
    """Put the colour of a grade before its letter in a cell."""
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.runs[0].text = "■  "
    paragraph.runs[0].font.color.rgb = rgb(GRADE_COLOURS[grade])
    add_run(paragraph, grade, 15, INK)


def add_run(paragraph: _Paragraph, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    """Append text to a paragraph. `size` is in points."""
    run = paragraph.add_run()
    run.text = xml_text(text)
    run.font.size = Pt(size)
    run.font.bold = bold
    run.font.color.rgb = rgb(colour)


def line_height(size: float) -> int:
    """Return the height of a line of text in EMU, for a size in points."""
    return int(Pt(size * LINE_SPACING))


def line_ems(size: float, width: int) -> float:
    """Return how many ems a line of a text box has room for, whose width is in EMU."""
    return max(float((width - 2 * BOX_INSET) / Pt(size)), 1.0)


def text_height(text: str, size: float, width: int) -> int:
    """Return the estimated height in EMU of text in a box of a width in EMU."""
    return len(wrap(text, line_ems(size, width))) * line_height(size)


def set_alt_text(frame: GraphicFrame, alt: str) -> None:
    """Set the text alternative of a chart or a table."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", xml_text(alt))


def style_font(font: Font, size: float, *, bold: bool = False) -> None:
    """Set size (points), weight and ink."""
    font.size = Pt(size)
    font.bold = bold
    font.color.rgb = rgb(INK)


def rgb(colour: str) -> RGBColor:
    """Return a colour such as `#2166ac` for python-pptx."""
    return RGBColor.from_string(colour.removeprefix("#").upper())


def fill_with_grade(form: ChartFormat, grade: str) -> None:
    """Fill a column with the colour of its grade, with a darker outline."""
    form.fill.solid()
    form.fill.fore_color.rgb = rgb(GRADE_COLOURS[grade])
    form.line.color.rgb = rgb(GRADE_OUTLINES[grade])
    form.line.width = Pt(0.5)


def style_line(series: LineSeries, colour: str, width: float, *, dash: MSO_LINE | None = None) -> None:
    """Draw a series as a straight line of a width in points, or as a short one where it has a single value."""
    series.smooth = False
    is_single = sum(value is not None for value in series.values) == 1
    series.marker.style = XL_MARKER_STYLE.DASH if is_single else XL_MARKER_STYLE.NONE
    if is_single:
        series.marker.size = 20
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb(colour)
        series.marker.format.line.color.rgb = rgb(colour)
    series.format.line.color.rgb = rgb(colour)
    series.format.line.width = Pt(width)
    if dash is not None:
        series.format.line.dash_style = dash


def style_note_markers(series: LineSeries, noted: dict[int, list[int]]) -> None:
    """Draw a series as diamonds without a line. `noted` has the numbers of the notes by the index of their point."""
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.DIAMOND
    series.marker.size = 9
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(INK)
    for index, orders in noted.items():
        label = series.points[index].data_label
        label.position = XL_LABEL_POSITION.ABOVE
        paragraph = label.text_frame.paragraphs[0]
        add_run(paragraph, ", ".join(map(str, orders)), 11, INK, bold=True)


def label_last(series: LineSeries, shares: pd.Series[float]) -> None:
    """Label the newest value of a line with its percentage."""
    index = int(shares.notna().to_numpy().nonzero()[0][-1])
    label = series.points[index].data_label
    label.position = XL_LABEL_POSITION.ABOVE
    add_run(label.text_frame.paragraphs[0], format_percent(float(shares.iloc[index])), 13, AT_RISK_LINE, bold=True)


def style_value_axis(chart: Chart, number_format: str) -> None:
    """Start the value axis at zero, with thin grid lines and labels in an Excel number format."""
    axis = chart.value_axis
    axis.minimum_scale = 0
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb(RULE)
    axis.major_gridlines.format.line.width = Pt(0.75)
    axis.format.line.fill.background()
    axis.tick_labels.number_format = number_format
    axis.tick_labels.number_format_is_linked = False
    style_axis_line(chart.category_axis)


def style_axis_line(axis: _BaseAxis) -> None:
    """Draw an axis as a thin line without ticks and grid lines."""
    axis.has_major_gridlines = False
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = rgb(QUIET)
    axis.format.line.width = Pt(0.75)


def add_legend(chart: Chart, position: XL_LEGEND_POSITION) -> None:
    """Add a legend that takes room from the plot."""
    chart.has_legend = True
    chart.legend.position = position
    chart.legend.include_in_layout = False
    style_font(chart.legend.font, 13)


def thin_out_labels(chart: Chart, columns: int) -> None:
    """Label about eight of the columns, which python-pptx has no function for."""
    every = str(max(1, round(columns / 8)))
    axis = chart.category_axis._element
    for name in ("c:tickLblSkip", "c:tickMarkSkip"):
        skip = etree.SubElement(axis, qn(name), {"val": every})
        axis.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def space_date_labels(axis: _BaseAxis, days: Sequence[date]) -> None:
    """Label an axis of dates about eight times, which python-pptx has no function for."""
    span = (days[-1] - days[0]).days
    unit, every = ("months", max(1, round(span / 30.4 / 8))) if span > 100 else ("days", max(1, round(span / 8)))
    before = axis._element.find(qn("c:baseTimeUnit"))
    for name, value in (("c:majorTimeUnit", unit), ("c:majorUnit", str(every))):
        before.addnext(etree.Element(qn(name), {"val": value}))
