"""The file formats of a report: what each is called, and which module writes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mimecast.reports.report import Report
    from mimecast.store.store import Store


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A file format of a report: its name on the Report page, and its media type."""

    label: str
    media_type: str


FORMATS: Final = {
    ".pptx": ReportFormat("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ".xlsx": ReportFormat("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".pdf": ReportFormat("PDF", "application/pdf"),
    ".png": ReportFormat("PNG", "image/png"),
    ".html": ReportFormat("HTML", "text/html"),
}
"""The formats by the suffix of their files, in the order in which they are offered."""


def render_report(report: Report, suffix: str, store: Store, *, template: Path | None = None) -> bytes:
    """Return the content of a report's file. Each format loads only its own libraries, which take time to import.

    `suffix` is a key of `FORMATS`; `template` is the presentation that slides are written into. Raises StoreError for
    a workbook, TemplateUnusable for slides, and for a picture or a PDF file the problems of `browser.installed`.
    """
    if suffix == ".pptx":
        from mimecast.reports.pptx.slides import render_pptx

        return render_pptx(report, template=template)
    if suffix == ".xlsx":
        from mimecast.reports.report_workbook import render_xlsx
        from mimecast.store.timelines import load_days

        return render_xlsx(report, load_days(store, report.account, report.days))
    if suffix == ".pdf":
        from mimecast.reports.browser.pdf import render_pdf

        return render_pdf(report)
    if suffix == ".png":
        from mimecast.reports.browser.png import render_png

        return render_png(report)
    from mimecast.reports.html_file import render_html

    return render_html(report)
