"""Slides of departments and movement, one for each table."""

from __future__ import annotations

from typing import Final

from pptx.slide import Slide

from mimecast.charts.text_width import shorten
from mimecast.formatting import pluralize
from mimecast.reports.people.report_tables import Kind, PeopleTable
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.template import Area

MAX_ROWS: Final = 12
"""Rows of a table on a slide; the workbook has all of them."""

TEXT_SIZE: Final = 12
"""Size of the table's text in points."""

MAX_NAME_EMS: Final = 26.0


def add_people_table(slide: Slide, area: Area, table: PeopleTable) -> None:
    """Add the first rows of a table, with its text alternative."""
    cells = [[shorten(cells[0], MAX_NAME_EMS), *cells[1:]] for cells in table.cells[:MAX_ROWS]]
    weights = [2.4 if kind is Kind.TEXT else 1.0 for _, kind in table.columns]
    frame = elements.add_table(slide, area, [name for name, _ in table.columns], cells, weights=weights, size=TEXT_SIZE)
    listed = "; ".join(f"{name}: {', '.join(rest)}" for name, *rest in cells)
    elements.set_alt_text(frame, f"Table: {table.title}. {listed}.")


def people_subtitle(table: PeopleTable) -> str:
    """Return the sentence above a table, with how many rows the slide leaves out."""
    left_out = len(table.rows) - MAX_ROWS
    more = f" {pluralize(left_out, 'department')} more in the workbook." if left_out > 0 else ""
    return f"{table.sentence}{more}"
