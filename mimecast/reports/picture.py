"""The picture of a report: one figure of 16:9, for the Report page and for image files."""

from __future__ import annotations

from mimecast.charts.chart import Chart
from mimecast.charts.drawing import drawing
from mimecast.charts.report_picture import PictureText, report_picture
from mimecast.reports.report import Report


def draw_picture(report: Report) -> Chart:
    """Return the report on one figure."""
    summary = report.summary
    text = PictureText(report.title, report.range_text, summary.headline, summary.sentences, report.past_day)
    with drawing():
        return report_picture(
            text, report.stamp, report.comparison, report.timeline, report.annotations, file_name=report.file_name("")
        )
