"""Slides of departments and movement, one for each table."""

from __future__ import annotations

from typing import Final

from mimecast.charts.text_width import shorten
from mimecast.formatting import pluralize
from mimecast.reports.people.report_tables import Kind, PeopleTable
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.template import SlideDeck
from mimecast.reports.report import Report

MAX_ROWS: Final = 12
"""Rows of a table on a slide; the workbook has all of them."""

TEXT_SIZE: Final = 12
"""Size of the table's text in points."""

MAX_NAME_EMS: Final = 26.0


def add_people(deck: SlideDeck, report: Report) -> None:
    """Add a slide for each table of departments and movement, with its first rows."""
    for table in report.people:
        slide = deck.add_slide(table.headline or table.title)
        area = elements.add_subtitle(deck, slide, _subtitle(table))
        cells = [[shorten(name, MAX_NAME_EMS), *values] for name, *values in table.cells[:MAX_ROWS]]
        columns = [name for name, _ in table.columns]
        weights = [2.4 if kind is Kind.TEXT else 1.0 for _, kind in table.columns]
        frame = elements.add_table(slide, area, columns, cells, weights=weights, size=TEXT_SIZE)
        listed = "; ".join(f"{name}: {', '.join(values)}" for name, *values in cells)
        elements.set_alt_text(frame, f"Table: {table.title}. {listed}.")


def _subtitle(table: PeopleTable) -> str:
    """Return the sentences above a table, with how many rows the slide leaves out."""
    left_out = len(table.rows) - MAX_ROWS
    more = f"{pluralize(left_out, 'more department')} in the workbook." if left_out > 0 else ""
    return " ".join(filter(None, (f"{table.title}." if table.headline else "", table.details, more)))
