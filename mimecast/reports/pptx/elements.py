"""Elements of slides: text, tables and native charts, and their styles. Their text comes from `slides`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

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

from mimecast.charts.text_width import wrap
from mimecast.domain.timeline import marked_points
from mimecast.palette import GRADE_COLOURS, GRADE_OUTLINES, HEADER_FILL, INK, PAPER, QUIET, RULE
from mimecast.reports.pptx.template import Area, SlideDeck
from mimecast.reports.xml_text import xml_text

BOX_INSET: Final = Inches(0.1)
"""Left and right margin of a text box, unless it is set."""

LINE_SPACING: Final = 1.2
"""Height of a line relative to the size of its text."""

STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
MAX_STEPS: Final = 5.5
HEADROOM: Final = 1.12
"""Steps of an axis in percent, how many it has at most, and room above its highest value relative to it."""

SUBTITLE_SIZES: Final = (14.0, 13.0, 12.0, 11.0)
"""Sizes of text in points; the largest with which it fits is used."""


def add_subtitle(deck: SlideDeck, slide: Slide, text: str) -> Area:
    """Add sentences under the title; return the area that is left below them."""
    area = deck.content
    size = next(
        (size for size in SUBTITLE_SIZES if text_height(text, size, area.width) <= area.height * 0.3),
        SUBTITLE_SIZES[-1],
    )
    height = min(text_height(text, size, area.width) + Pt(8), round(area.height * 0.5))
    frame = slide.shapes.add_textbox(*area.first(height).box).text_frame
    frame.word_wrap = True
    frame.margin_top = Emu(0)
    add_run(frame.paragraphs[0], text, size, QUIET)
    return area.below(height)


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
    _number_axes(chart)
    return chart


def _number_axes(chart: Chart) -> None:
    """Give the axes ids from 1. python-pptx writes negative ones, which the schema of the format does not allow."""
    numbers: dict[str, str] = {}
    for element in chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        element.set("val", numbers.setdefault(element.get("val"), str(len(numbers) + 1)))


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


def add_swatch(cell: _Cell, grade: str, label: str) -> None:
    """Put the colour of a grade before its label in a cell."""
    paragraph = cell.text_frame.paragraphs[0]
    swatch = paragraph.runs[0]
    swatch.text = "■  "
    swatch.font.color.rgb = rgb(GRADE_COLOURS[grade])
    add_run(paragraph, label, swatch.font.size.pt, INK)


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


def fill_with_grade(form: ChartFormat, grade: str, *, outlined: bool = True) -> None:
    """Fill a column with the colour of its grade, with or without a darker outline."""
    form.fill.solid()
    form.fill.fore_color.rgb = rgb(GRADE_COLOURS[grade])
    if outlined:
        form.line.color.rgb = rgb(GRADE_OUTLINES[grade])
        form.line.width = Pt(0.5)
    else:
        form.line.fill.background()


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


def style_share_line(series: LineSeries, shares: Sequence[float | None], colour: str) -> None:
    """Draw the share at risk, with a mark on each point of a short line and on points that no line shows."""
    style_line(series, colour, 2.5)
    if marked_points(shares):
        series.marker.style = XL_MARKER_STYLE.CIRCLE
        series.marker.size = 5
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb(colour)
        series.marker.format.line.fill.background()


def style_note_markers(series: LineSeries, labels: dict[int, str]) -> None:
    """Draw a series as diamonds without a line. `labels` has the text above each by the index of its point."""
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.DIAMOND
    series.marker.size = 9
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(INK)
    for index, text in labels.items():
        label_point(series, index, text, XL_LABEL_POSITION.ABOVE, 11, INK, bold=text.isdigit())


def label_point(
    series: LineSeries, index: int, text: str, position: XL_LABEL_POSITION, size: float, colour: str, *, bold: bool
) -> None:
    """Write text on one line beside a point of a line. `size` is in points."""
    label = series.points[index].data_label
    label.position = position
    label.text_frame.word_wrap = False
    add_run(label.text_frame.paragraphs[0], text, size, colour, bold=bold)


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


def thin_out_labels(chart: Chart, columns: int, labels: int = 8) -> None:
    """Label at most a number of the columns, evenly, which python-pptx has no function for."""
    every = str(max(1, math.ceil(columns / labels)))
    axis = chart.category_axis._element
    for name in ("c:tickLblSkip", "c:tickMarkSkip"):
        skip = etree.SubElement(axis, qn(name), {"val": every})
        axis.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def place_plot(chart: Chart, left: float, top: float, width: float, height: float) -> None:
    """Give the plot a place in its chart, in fractions of the chart, which python-pptx has no function for."""
    plot_area = chart._chartSpace.chart.plotArea
    for automatic in plot_area.findall(qn("c:layout")):
        plot_area.remove(automatic)
    layout = etree.SubElement(etree.Element(qn("c:layout")), qn("c:manualLayout"))
    values = {"layoutTarget": "inner", "xMode": "edge", "yMode": "edge", "x": left, "y": top, "w": width, "h": height}
    for name, value in values.items():
        etree.SubElement(layout, qn(f"c:{name}"), {"val": str(value)})
    plot_area.insert(0, layout.getparent())


def set_ceiling(chart: Chart, highest: float) -> None:
    """End the value axis, which begins at zero, at a round number above a value, with about five steps to it."""
    step = next((step for step in STEPS if highest * HEADROOM / step <= MAX_STEPS), STEPS[-1])
    axis = chart.value_axis
    axis.major_unit = step
    axis.maximum_scale = min(math.ceil(highest * HEADROOM / step) * step, 100) if highest else step


def keep_labels_level(axis: _BaseAxis, *, wrapped: bool = False) -> None:
    """Keep the labels of an axis from being slanted where they are close, which python-pptx has no function for.

    With `wrapped`, all are drawn in as many lines as they need. Without it the angle is a 60,000th of a degree: at 0,
    LibreOffice draws the labels of all points over each other.
    """
    body = axis.tick_labels.font._element.getparent().getparent().getparent().find(qn("a:bodyPr"))
    body.set("rot", "0" if wrapped else "1")
    body.set("vert", "horz")


def shade_between(chart: Chart, lowest: str, width: str, colour: str) -> None:
    """Turn two lines, a lower limit and the width above it, into a band behind the other lines.

    python-pptx has no charts of two kinds: a stacked area takes over the two series, the first of which is not filled.
    """
    lines = chart._chartSpace.chart.plotArea.find(qn("c:lineChart"))
    area = etree.Element(qn("c:areaChart"))
    etree.SubElement(area, qn("c:grouping"), {"val": "stacked"})
    etree.SubElement(area, qn("c:varyColors"), {"val": "0"})
    for series in [each for each in chart.plots[0].series if each.name in (lowest, width)]:
        if series.name == width:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = rgb(colour)
        else:
            series.format.fill.background()
        series.format.line.fill.background()
        element = series._element
        for name in ("c:marker", "c:smooth"):
            for part in element.findall(qn(name)):
                element.remove(part)
        area.append(element)
    for axis in lines.findall(qn("c:axId")):
        etree.SubElement(area, qn("c:axId"), {"val": axis.get("val")})
    lines.addprevious(area)


def hide_from_legend(chart: Chart, position: int) -> None:
    """Leave a series out of the legend by its place in it, which python-pptx has no function for."""
    entry = etree.Element(qn("c:legendEntry"))
    etree.SubElement(entry, qn("c:idx"), {"val": str(position)})
    etree.SubElement(entry, qn("c:delete"), {"val": "1"})
    chart.legend._element.find(qn("c:legendPos")).addnext(entry)
