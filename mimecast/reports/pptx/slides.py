"""The report as slides, with native charts whose numbers can be edited in PowerPoint.

Every slide has a sentence for a title, and is added by one of the functions in `SLIDES`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Final

from pptx.enum.text import MSO_ANCHOR
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Emu

from mimecast.charts.text_width import em_width, shorten
from mimecast.palette import QUIET, WARNING
from mimecast.reports.pptx import elements
from mimecast.reports.pptx.at_a_glance import add_at_a_glance
from mimecast.reports.pptx.change import add_change
from mimecast.reports.pptx.notes_campaigns_sources import add_campaigns, add_notes, add_sources
from mimecast.reports.pptx.over_time import add_mix, add_trend
from mimecast.reports.pptx.people import add_people
from mimecast.reports.pptx.template import Area, SlideDeck, open_deck
from mimecast.reports.report import Report
from mimecast.reports.xml_text import xml_text
from mimecast.text.stamp import SAMPLE_MARK, Stamp

SLIDES: Final[tuple[Callable[[SlideDeck, Report], None], ...]] = (
    add_at_a_glance,
    add_trend,
    add_change,
    add_mix,
    add_people,
    add_notes,
    add_campaigns,
    add_sources,
)
"""What adds the slides, in order. Each adds one slide, several, or none where the report has nothing to show there."""

MAX_PROPERTY_CHARS: Final = 255
"""Characters of a property of a file that python-pptx accepts."""

STAMP_SIZES: Final = (10.5, 9.5, 8.5, 7.5)
"""Sizes of text in points; the largest with which it fits is used."""

STAMP_FILL: Final = 0.9
"""Part of the room that a shortened name takes, since lines break between words and are not filled."""


def render_pptx(report: Report, *, template: Path | None = None) -> bytes:
    """Return the report as a PowerPoint file. Raises TemplateUnusable."""
    deck = open_deck(template)
    _set_properties(deck.presentation, report)
    for add in SLIDES:
        add(deck, report)
    for slide in deck.presentation.slides:
        _add_stamp(deck, slide, report)
    deck.number_slides()
    file = io.BytesIO()
    deck.presentation.save(file)
    return file.getvalue()


def _set_properties(presentation: Presentation, report: Report) -> None:
    """Set title and subject of the file, cut to what python-pptx accepts, and leave no other program's name in it."""
    properties = presentation.core_properties
    properties.title = xml_text(report.title)[:MAX_PROPERTY_CHARS]
    properties.subject = xml_text(report.stamp.text)[:MAX_PROPERTY_CHARS]
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = report.stamp.now.astimezone(UTC).replace(tzinfo=None)


def _add_stamp(deck: SlideDeck, slide: Slide, report: Report) -> None:
    """Add the stamp at the foot. A name that leaves no room for the rest is shortened: slide 1 has all of it."""
    box = slide.shapes.add_textbox(*deck.foot.box)
    box.name = "Stamp"
    frame = box.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_top = frame.margin_bottom = Emu(0)
    text, size = _fitted_stamp(report.stamp, deck.foot)
    if report.is_sample:
        text = text.removesuffix(SAMPLE_MARK)
    elements.add_run(frame.paragraphs[0], text, size, QUIET)
    if report.is_sample:
        elements.add_run(frame.paragraphs[0], SAMPLE_MARK, size, WARNING, bold=True)


def _fitted_stamp(stamp: Stamp, area: Area) -> tuple[str, float]:
    """Return the stamp and the size in points in which it fits into an area."""
    for size in STAMP_SIZES:
        if elements.text_height(stamp.text, size, area.width) <= area.height:
            return stamp.text, size
    size = STAMP_SIZES[-1]
    lines = max(int(area.height / elements.line_height(size)), 1)
    room = lines * elements.line_ems(size, area.width) - em_width(" · ".join(("", *stamp.parts[1:])))
    return " · ".join((shorten(stamp.parts[0], room * STAMP_FILL), *stamp.parts[1:])), size
