"""The empty presentation that a report is written into, based on the user's template or on a plain 16:9 one."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.placeholder import LayoutPlaceholder
from pptx.slide import Slide, SlideLayout, SlideMaster
from pptx.util import Emu, Inches, Length, Pt

from mimecast.charts.text_width import BOLD, wrap
from mimecast.reports.pptx.package import TemplateUnusable, master_package

WIDTH: Final = Inches(13.333)
HEIGHT: Final = Inches(7.5)
"""Size of slides of the plain deck."""

PLAIN_TITLE_SIZE: Final = 26
MIN_TITLE_SIZE: Final = 14.0
DEFAULT_TITLE_SIZE: Final = 18.0
"""Points: of titles of the plain deck, of the smallest titles, and where a template does not say it (ECMA-376)."""

TITLE_LINE_SPACING: Final = 1.2
SIDE_INSET: Final = Inches(0.1)
UPPER_INSET: Final = Inches(0.05)
"""Height of a line relative to its size, and the margins inside the box of a title unless a template sets others."""

DEFAULT_SIZE: Final = (Inches(10), Inches(7.5))
"""Size of slides in a file that does not say it (ECMA-376, 19.2.1.36 and PowerPoint)."""

MIN_SIDE: Final = Inches(1)
MAX_SIDE: Final = Inches(56)
"""Limits of the width and the height of slides (ECMA-376, ST_SlideSizeCoordinate)."""

MAX_TEMPLATE_BYTES: Final = 200_000_000

TITLE_PLACEHOLDERS: Final = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
FOOTER_PLACEHOLDERS: Final = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE)

MALFORMED: Final = (PythonPptxError, etree.LxmlError, LookupError, ValueError, TypeError, AttributeError)
"""What python-pptx raises for parts that lack an element or an attribute that the standard requires."""

SLIDE_NUMBER_FIELD: Final = {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def box(self) -> tuple[Length, Length, Length, Length]:
        """Left, top, width and height as python-pptx takes them."""
        return Emu(self.left), Emu(self.top), Emu(self.width), Emu(self.height)

    def columns(self, *weights: float, gap: float = 0.03) -> list[Area]:
        """Return areas side by side, in proportion to the weights, with `gap` of the width between them."""
        free = self.width * (1 - gap * (len(weights) - 1))
        areas, left = [], float(self.left)
        for weight in weights:
            width = free * weight / sum(weights)
            areas.append(Area(round(left), self.top, round(width), self.height))
            left += width + self.width * gap
        return areas

    def first(self, height: int) -> Area:
        """Return the upper part of this height."""
        return Area(self.left, self.top, self.width, height)

    def below(self, height: int) -> Area:
        """Return what is left under the upper part of this height."""
        return Area(self.left, self.top + height, self.width, max(self.height - height, 1))


@dataclass(frozen=True, slots=True)
class SlideDeck:
    """A presentation to add slides to, and where there is room on each.

    Charts and text go into `content`, between the title and the foot, and the stamp into `foot`. `title` is set where
    the layout does not say where its title is. `title_size` is the size in points of titles that fit into their place;
    longer ones are smaller. `has_number` says whether the layout has a place for the slide number.
    """

    presentation: Deck
    layout: SlideLayout
    content: Area
    foot: Area
    title: Area | None
    title_size: float
    has_number: bool

    def add_slide(self, title: str) -> Slide:
        """Add a slide with a real title, and without the other boxes of its layout."""
        slide = self.presentation.slides.add_slide(self.layout)
        heading = slide.shapes.title
        heading.text = title
        if self.title:
            heading.left, heading.top, heading.width, heading.height = self.title.box
        if (size := _fitting_size(title, heading.width, heading.height, self.title_size)) < self.title_size:
            heading.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
        for placeholder in list(slide.placeholders):
            if placeholder.placeholder_format.idx != heading.placeholder_format.idx:
                placeholder._element.getparent().remove(placeholder._element)
        return slide

    def number_slides(self) -> None:
        """Put the slide number on each slide: where the layout has it, or else at the lower right."""
        for number, slide in enumerate(self.presentation.slides, start=1):
            size = _size(self.presentation)
            paragraph = _add_number_placeholder(slide) if self.has_number else _add_number_box(slide, *size)
            field = etree.SubElement(paragraph, qn("a:fld"), SLIDE_NUMBER_FIELD)
            properties = {"lang": "en-GB"} if self.has_number else {"lang": "en-GB", "sz": "1000"}
            etree.SubElement(field, qn("a:rPr"), properties)
            etree.SubElement(field, qn("a:t")).text = str(number)


def _fitting_size(title: str, width: int, height: int, largest: float) -> float:
    """Return the largest size in points, `largest` or smaller, with which a title fits into a box (EMU)."""
    room_across, room_down = (width - 2 * SIDE_INSET) / Pt(1), (height - 2 * UPPER_INSET) / Pt(1)
    size = largest
    while size > MIN_TITLE_SIZE:
        lines = len(wrap(title, max(room_across / size / BOLD, 1.0)))
        if lines * size * TITLE_LINE_SPACING <= room_down:
            break
        size -= 1
    return max(size, min(MIN_TITLE_SIZE, largest))


def open_deck(template: Path | None) -> SlideDeck:
    """Return a deck without slides.

    Of a template the masters, layouts and fonts are kept, and nothing of its slides. Raises TemplateUnusable.
    """
    if template is None:
        return _plan(_plain_deck(), "python-pptx")
    content = master_package(_read(template), str(template))
    try:
        _try_out(_plan(Presentation(io.BytesIO(content)), str(template)))
        return _plan(Presentation(io.BytesIO(content)), str(template))
    except MALFORMED:
        raise TemplateUnusable(
            f"The template {template} is damaged: a master or a layout lacks something that the standard requires.",
            remedy="Open it in PowerPoint, let PowerPoint repair it, and save it again.",
        ) from None


def _try_out(deck: SlideDeck) -> None:
    """Make a slide of a deck and write the file. Raises one of `MALFORMED` where that fails."""
    deck.add_slide("Title")
    deck.number_slides()
    deck.presentation.save(io.BytesIO())


def _read(template: Path) -> bytes:
    """Return the content of a template. Raises TemplateUnusable."""
    try:
        with template.open("rb") as file:
            content = file.read(MAX_TEMPLATE_BYTES + 1)
    except PermissionError:
        raise TemplateUnusable(
            f"The template {template} cannot be read: permission denied.",
            remedy="Allow the user who runs the dashboard to read the file and open its folders.",
        ) from None
    except OSError as error:
        raise TemplateUnusable(
            f"The template {template} cannot be read: {error.strerror or 'unknown reason'}.",
            remedy="Check pptx_template in [dashboard], or remove it.",
        ) from None
    if len(content) > MAX_TEMPLATE_BYTES:
        raise TemplateUnusable(
            f"The template {template} is larger than {MAX_TEMPLATE_BYTES // 10**6} MB.",
            remedy="Remove pictures and slides from it that the report does not need.",
        )
    return content


def _plan(deck: Deck, name: str) -> SlideDeck:
    """Find the layout and the areas of its slides. Raises TemplateUnusable, or one of `MALFORMED`."""
    if deck.slide_width is None or deck.slide_height is None:
        deck.slide_width, deck.slide_height = DEFAULT_SIZE
    width, height = _size(deck)
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise ValueError("the size of the slides is not one that the standard allows")
    layout = _title_layout(deck, name)
    title = _area_of(_title_of(layout))
    heading = title or Area(round(width * 0.05), round(height * 0.04), round(width * 0.9), round(height * 0.14))
    number = _area_of(_placeholder(layout, PP_PLACEHOLDER.SLIDE_NUMBER))
    foot = _foot(width, height, heading, number)
    return SlideDeck(
        presentation=deck,
        layout=layout,
        content=_content(width, height, heading, foot),
        foot=foot,
        title=None if title else heading,
        title_size=_title_size(layout),
        has_number=number is not None,
    )


def _content(width: int, height: int, title: Area, foot: Area) -> Area:
    """Return the area between the title and the foot of a slide."""
    left = min(max(title.left, round(width * 0.03)), round(width * 0.2))
    right = min(max(title.left + title.width, round(width * 0.8)), round(width * 0.97))
    top = max(title.top + title.height, 0) + round(height * 0.012)
    if top > height * 0.45:
        top = round(height * 0.24)
    return Area(left, top, right - left, foot.top - round(height * 0.012) - top)


def _foot(width: int, height: int, title: Area, number: Area | None) -> Area:
    """Return the strip for the stamp: left of the slide number, above anything else at the foot of the layout."""
    tall = round(height * 0.05)
    left = min(max(title.left, round(width * 0.03)), round(width * 0.2))
    if number is not None and number.top > height * 0.8 and number.left > width * 0.6:
        middle = number.top + number.height // 2
        return Area(left, min(middle - tall // 2, height - tall), min(number.left, width) - left, tall)
    return Area(left, round(height * 0.93), round(width * 0.85) - left, tall)


def _title_layout(deck: Deck, name: str) -> SlideLayout:
    """Return the layout that has a title and the fewest other boxes for content. Raises TemplateUnusable."""
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    titled = [layout for layout in layouts if _title_of(layout) is not None]
    if not titled:
        raise TemplateUnusable(
            f"The template {name} has no layout with a title.",
            remedy="Add one in PowerPoint under View, Slide Master, or remove pptx_template from [dashboard].",
        )
    return min(titled, key=_count_content)


def _count_content(layout: SlideLayout) -> int:
    kinds = [placeholder.placeholder_format.type for placeholder in layout.placeholders]
    return sum(kind not in (*TITLE_PLACEHOLDERS, *FOOTER_PLACEHOLDERS) for kind in kinds)


def _title_of(layout: SlideLayout | SlideMaster) -> LayoutPlaceholder | None:
    return _placeholder(layout, *TITLE_PLACEHOLDERS)


def _title_size(layout: SlideLayout) -> float:
    """Return the size in points of titles on a layout: its own, or that of its master."""
    master = layout.slide_master
    of_boxes = [_title_of(holder) for holder in (layout, master)]
    styles = [box._element.find(f".//{qn('a:lstStyle')}") for box in of_boxes if box is not None]
    styles.append(master._element.find(f".//{qn('p:titleStyle')}"))
    for style in styles:
        font = style.find(f"{qn('a:lvl1pPr')}/{qn('a:defRPr')}") if style is not None else None
        if font is not None and font.get("sz"):
            return int(font.get("sz")) / 100
    return DEFAULT_TITLE_SIZE


def _placeholder(layout: SlideLayout | SlideMaster, *kinds: PP_PLACEHOLDER) -> LayoutPlaceholder | None:
    return next((each for each in layout.placeholders if each.placeholder_format.type in kinds), None)


def _area_of(placeholder: LayoutPlaceholder | None) -> Area | None:
    """Return where a placeholder is, or None where neither the layout nor its master says it."""
    if placeholder is None:
        return None
    edges = (placeholder.left, placeholder.top, placeholder.width, placeholder.height)
    return None if None in edges else Area(*map(int, edges))


def _plain_deck() -> Deck:
    """Return python-pptx's own deck, made 16:9, with titles at the left and a foot as wide as the slide."""
    own = io.BytesIO()
    Presentation().save(own)
    deck = Presentation(io.BytesIO(master_package(own.getvalue(), "python-pptx")))
    wider = WIDTH / _size(deck)[0]
    taller = HEIGHT / _size(deck)[1]
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            shape.left, shape.width = Emu(round(shape.left * wider)), Emu(round(shape.width * wider))
            shape.top, shape.height = Emu(round(shape.top * taller)), Emu(round(shape.height * taller))
    for holder in (deck.slide_master, _title_layout(deck, "python-pptx")):
        for shape in holder.placeholders:
            kind = shape.placeholder_format.type
            if kind == PP_PLACEHOLDER.TITLE:
                _move(shape, 0.55, 0.3, 12.23, 0.75)
            elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
                _move(shape, 11.9, 7.0, 0.88, 0.3)
            elif kind == PP_PLACEHOLDER.FOOTER:
                _move(shape, 0.55, 7.0, 9.0, 0.3)
            elif kind == PP_PLACEHOLDER.DATE:
                _move(shape, 9.6, 7.0, 2.2, 0.3)
    style = deck.slide_master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    style.set("algn", "l")
    font = style.find(qn("a:defRPr"))
    font.set("sz", str(PLAIN_TITLE_SIZE * 100))
    font.set("b", "1")
    return deck


def _move(shape: LayoutPlaceholder, left: float, top: float, width: float, height: float) -> None:
    """Place a shape, in inches."""
    shape.left, shape.top, shape.width, shape.height = Inches(left), Inches(top), Inches(width), Inches(height)


def _add_number_placeholder(slide: Slide) -> etree._Element:
    """Add the layout's placeholder of the slide number; return the paragraph in it."""
    number = _placeholder(slide.slide_layout, PP_PLACEHOLDER.SLIDE_NUMBER)
    slide.shapes.clone_placeholder(number)
    (clone,) = (each for each in slide.placeholders if each.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER)
    paragraph: etree._Element = clone.text_frame.paragraphs[0]._p
    return paragraph


def _add_number_box(slide: Slide, width: int, height: int) -> etree._Element:
    """Add a box for the slide number at the lower right; return the paragraph in it."""
    box = slide.shapes.add_textbox(Emu(round(width * 0.9)), Emu(round(height * 0.93)), Emu(round(width * 0.07)), Pt(20))
    box.name = "Slide number"
    paragraph: etree._Element = box.text_frame.paragraphs[0]._p
    return paragraph


def _size(deck: Deck) -> tuple[int, int]:
    return int(deck.slide_width), int(deck.slide_height)
