"""Slides of text: the notes, the campaigns, and where the numbers come from."""

from __future__ import annotations

from typing import Final

from pptx.util import Pt

from mimecast.charts.text_width import shorten
from mimecast.domain.notes import Note
from mimecast.formatting import format_date
from mimecast.palette import INK
from mimecast.reports.causes.report_tables import COLUMNS as CAMPAIGN_COLUMNS
from mimecast.reports.causes.report_tables import campaign_cells, campaigns_title
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.template import SlideDeck
from mimecast.reports.provenance import definitions, sources
from mimecast.reports.report import Report
from mimecast.text.slide_titles import notes_title, sources_title

NOTE_SIZE: Final = 14
NOTE_WEIGHTS: Final = (0.7, 1.9, 8)
"""Proportions of the columns of notes: number, day and text."""

CAMPAIGN_WEIGHTS: Final = (3.4, 1.3, 0.9, 1.5, 1.5, 1.5)
"""Proportions of the columns of campaigns: name, launch, users, and three rates."""

CAMPAIGN_NAME_LINES: Final = 1.9
"""Lines that the name of a campaign has at most, where there is room for two."""

SOURCES_SIZES: Final = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
"""Sizes of text in points; the largest with which it fits is used."""


def add_notes(deck: SlideDeck, report: Report) -> None:
    """Add as many slides as the notes need, none without notes."""
    pages: list[list[tuple[int, Note]]] = []
    room = 0
    text_width = round(deck.content.width * NOTE_WEIGHTS[-1] / sum(NOTE_WEIGHTS))
    for order, note in enumerate(report.annotations.notes, start=1):
        height = Pt(8) + elements.text_height(note.labelled_text, NOTE_SIZE, text_width)
        if not pages or height > room:
            pages.append([])
            room = deck.content.height - Pt(60)
        pages[-1].append((order, note))
        room -= height
    for page, notes in enumerate(pages, start=1):
        slide = deck.add_slide(notes_title(len(report.annotations.notes), page, len(pages)))
        area = elements.add_subtitle(
            deck, slide, "In the team's own words. The numbers are those in the chart of the share at risk."
        )
        cells = [[str(order), format_date(note.day), note.labelled_text] for order, note in notes]
        frame = elements.add_table(
            slide, area, ["No.", "Day", "Note"], cells, weights=NOTE_WEIGHTS, size=NOTE_SIZE, right=False
        )
        listed = "; ".join(f"{order} on {day}: {text}" for order, day, text in cells)
        elements.set_alt_text(frame, f"Table of notes: {listed}")


def add_campaigns(deck: SlideDeck, report: Report) -> None:
    """Add the last campaigns of the range with their rates, none without campaigns."""
    rows = campaign_cells(report)
    if not rows:
        return
    slide = deck.add_slide(campaigns_title(report))
    sentence = (
        "Percentages are of the users to whom a campaign was sent. The chart of the share at risk marks the launches."
    )
    area = elements.add_subtitle(deck, slide, sentence)
    width = round(area.width * CAMPAIGN_WEIGHTS[0] / sum(CAMPAIGN_WEIGHTS))
    one_line = elements.line_ems(NOTE_SIZE, width)
    names = [shorten(name, one_line * CAMPAIGN_NAME_LINES) for name, *_ in rows]
    if sum(elements.text_height(name, NOTE_SIZE, width) + Pt(10) for name in names) + Pt(27) > area.height:
        names = [shorten(name, one_line) for name in names]
    cells = [[name, *values] for name, (_, *values) in zip(names, rows, strict=True)]
    frame = elements.add_table(slide, area, list(CAMPAIGN_COLUMNS), cells, weights=CAMPAIGN_WEIGHTS, size=NOTE_SIZE)
    listed = "; ".join(", ".join(row) for row in rows)
    elements.set_alt_text(frame, f"Table of campaigns: {listed}.")


def add_sources(deck: SlideDeck, report: Report) -> None:
    """Add sources at the left and definitions at the right, in the largest size in which both fit."""
    slide = deck.add_slide(sources_title(report.timeline, is_sample=report.is_sample))
    columns = list(zip(deck.content.columns(1, 1), (sources(report), definitions(report)), strict=True))

    def fits(size: float) -> bool:
        return all(
            sum(elements.text_height(": ".join(term), size, area.width) + Pt(7) for term in terms) <= area.height
            for area, terms in columns
        )

    size = next(filter(fits, SOURCES_SIZES), SOURCES_SIZES[-1])
    for area, terms in columns:
        frame = slide.shapes.add_textbox(*area.box).text_frame
        frame.word_wrap = True
        paragraph = frame.paragraphs[0]
        for term, meaning in terms:
            elements.add_run(paragraph, f"{term}: ", size, INK, bold=True)
            elements.add_run(paragraph, meaning, size, INK)
            paragraph.space_after = Pt(7)
            paragraph = frame.add_paragraph()
