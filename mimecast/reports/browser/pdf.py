"""The report as a PDF file: the web page, printed by a browser, with text that can be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimecast.reports.browser.installed import (
    MAX_SECONDS,
    BrowserFailed,
    find_browser,
    one_at_a_time,
    run_browser,
    working_folder,
)

if TYPE_CHECKING:
    from mimecast.reports.report import Report


def render_pdf(report: Report, *, max_seconds: float = MAX_SECONDS) -> bytes:
    """Return the report on A4 pages. Raises BrowserMissing, BrowserFailed, BrowserBusy.

    The options that print are documented at https://developer.chrome.com/docs/chromium/headless.
    """
    browser = find_browser()
    from mimecast.reports.html_file import render_html

    with one_at_a_time(), working_folder(browser) as folder:
        page, file = folder / "report.html", folder / "report.pdf"
        page.write_bytes(render_html(report))
        run_browser(browser, [f"--print-to-pdf={file}", "--no-pdf-header-footer", page.as_uri()], folder, max_seconds)
        if not file.is_file():
            raise BrowserFailed(f"{browser} wrote no PDF file.")
        return file.read_bytes()
