"""The empty deck that a report is written into: a template of the user's own, or a plain one of 16:9.

From a template the master, its fonts and its layouts are kept and its slides are dropped.
"""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.placeholder import LayoutPlaceholder
from pptx.slide import Slide, SlideLayout
from pptx.util import Emu, Inches, Length, Pt

from mimecast.problem import Problem

WIDTH: Final = Inches(13.333)
HEIGHT: Final = Inches(7.5)

TEMPLATE_TYPE: Final = b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"
DECK_TYPE: Final = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"

FOOTER_PLACEHOLDERS: Final = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE)


class TemplateUnusable(Problem):
    """`[dashboard] pptx_template` names a file that slides cannot be made from."""

    title = "The template for slides cannot be used"
    remedy = "Save it in PowerPoint as .pptx or .potx, or remove pptx_template from [dashboard]."


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def box(self) -> tuple[Length, Length, Length, Length]:
        """For python-pptx: left, top, width, height."""
        return Emu(self.left), Emu(self.top), Emu(self.width), Emu(self.height)

    def columns(self, *weights: float, gap: float = 0.03) -> list[Area]:
        """Side by side, in proportion to the weights, `gap` of the width between them."""
        free = self.width * (1 - gap * (len(weights) - 1))
        areas, left = [], float(self.left)
        for weight in weights:
            width = free * weight / sum(weights)
            areas.append(Area(round(left), self.top, round(width), self.height))
            left += width + self.width * gap
        return areas

    def below(self, height: int) -> Area:
        """What is left under the first `height` of it."""
        return Area(self.left, self.top + height, self.width, self.height - height)

    def first(self, height: int) -> Area:
        return Area(self.left, self.top, self.width, height)


def open_deck(template: Path | None) -> Deck:
    """A deck without slides. Raises TemplateUnusable."""
    return _plain_deck() if template is None else _from_template(template)


def title_layout(deck: Deck) -> SlideLayout:
    """The layout with a title and as little else as there is. Raises TemplateUnusable."""
    titled = [layout for layout in deck.slide_layouts if _title_of(layout) is not None]
    if not titled:
        raise TemplateUnusable("The template has no layout with a title.")
    return min(titled, key=lambda layout: len(_content_of(layout)))


def add_slide(deck: Deck, title: str) -> Slide:
    """A slide with a real title, and without the layout's other empty boxes."""
    slide = deck.slides.add_slide(title_layout(deck))
    slide.shapes.title.text = title
    for placeholder in list(slide.placeholders):
        if placeholder.placeholder_format.idx != slide.shapes.title.placeholder_format.idx:
            placeholder._element.getparent().remove(placeholder._element)
    return slide


def content_area(deck: Deck) -> Area:
    """Between the title and the foot of a slide."""
    width, height = _size(deck)
    title: LayoutPlaceholder = _title_of(title_layout(deck))
    left = min(max(title.left, round(width * 0.03)), round(width * 0.2))
    right = min(max(title.left + title.width, round(width * 0.8)), round(width * 0.97))
    top = title.top + title.height + round(height * 0.012)
    if top > height * 0.45:
        top = round(height * 0.24)
    return Area(left, top, right - left, foot_area(deck).top - round(height * 0.012) - top)


def foot_area(deck: Deck) -> Area:
    """The strip for the stamp: left of the slide number, above whatever else the layout has at its foot."""
    width, height = _size(deck)
    layout = title_layout(deck)
    number = _furniture(layout, PP_PLACEHOLDER.SLIDE_NUMBER)
    tall = round(height * 0.05)
    title = _title_of(layout)
    left = max(title.left if title else 0, round(width * 0.03))
    if number is not None and number.top > height * 0.8 and number.left > width * 0.6:
        middle = number.top + number.height // 2
        return Area(left, min(middle - tall // 2, height - tall), number.left - left, tall)
    return Area(left, round(height * 0.93), round(width * 0.85) - left, tall)


def number_slide(deck: Deck, slide: Slide) -> None:
    """Put the layout's slide number on the slide, or one of our own where the layout has none."""
    number = _furniture(slide.slide_layout, PP_PLACEHOLDER.SLIDE_NUMBER)
    if number is not None:
        slide.shapes._spTree.append(copy.deepcopy(number._element))
        return
    width, height = _size(deck)
    box = slide.shapes.add_textbox(Emu(round(width * 0.9)), Emu(round(height * 0.93)), Emu(round(width * 0.07)), Pt(20))
    box.name = "Slide number"
    paragraph = box.text_frame.paragraphs[0]._p
    which = {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}
    field = etree.SubElement(paragraph, qn("a:fld"), which)
    etree.SubElement(field, qn("a:rPr"), {"lang": "en-GB", "sz": "1000"})
    etree.SubElement(field, qn("a:t")).text = str(len(deck.slides))


def _plain_deck() -> Deck:
    """python-pptx's own deck, made 16:9: titles at the left, the foot as wide as the slide."""
    deck = Presentation()
    wider = WIDTH / _size(deck)[0]
    taller = HEIGHT / _size(deck)[1]
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            shape.left, shape.width = Emu(round(shape.left * wider)), Emu(round(shape.width * wider))
            shape.top, shape.height = Emu(round(shape.top * taller)), Emu(round(shape.height * taller))
    for holder in (deck.slide_master, title_layout(deck)):
        for shape in holder.placeholders:
            kind = shape.placeholder_format.type
            if kind == PP_PLACEHOLDER.TITLE:
                _put(shape, 0.55, 0.3, 12.23, 0.75)
            elif kind == PP_PLACEHOLDER.SLIDE_NUMBER:
                _put(shape, 11.9, 7.0, 0.88, 0.3)
            elif kind == PP_PLACEHOLDER.FOOTER:
                _put(shape, 0.55, 7.0, 9.0, 0.3)
            elif kind == PP_PLACEHOLDER.DATE:
                _put(shape, 9.6, 7.0, 2.2, 0.3)
    style = deck.slide_master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    style.set("algn", "l")
    letters = style.find(qn("a:defRPr"))
    letters.set("sz", "2800")
    letters.set("b", "1")
    return deck


def _put(shape: LayoutPlaceholder, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Inches(left), Inches(top), Inches(width), Inches(height)


def _from_template(file: Path) -> Deck:
    try:
        deck = Presentation(io.BytesIO(_as_deck(file.read_bytes())))
    except OSError as error:
        raise TemplateUnusable(f"The template {file} cannot be read: {error.strerror or 'unknown reason'}.") from None
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError):
        raise TemplateUnusable(f"The template {file} is not a PowerPoint file.") from None
    slides = deck.slides._sldIdLst
    for entry in list(slides):
        deck.part.drop_rel(entry.rId)
        slides.remove(entry)
    title_layout(deck)
    return deck


def _as_deck(content: bytes) -> bytes:
    """A .potx differs from a .pptx in one content type, which python-pptx insists on."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if TEMPLATE_TYPE not in package.read("[Content_Types].xml"):
            return content
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
            for entry in package.infolist():
                part = package.read(entry)
                if entry.filename == "[Content_Types].xml":
                    part = part.replace(TEMPLATE_TYPE, DECK_TYPE)
                written.writestr(entry, part)
    return made.getvalue()


def _size(deck: Deck) -> tuple[int, int]:
    return int(deck.slide_width), int(deck.slide_height)


def _title_of(layout: SlideLayout) -> LayoutPlaceholder | None:
    titles = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    return next((one for one in layout.placeholders if one.placeholder_format.type in titles), None)


def _content_of(layout: SlideLayout) -> list[LayoutPlaceholder]:
    title = _title_of(layout)
    return [
        one
        for one in layout.placeholders
        if one.placeholder_format.type not in FOOTER_PLACEHOLDERS
        and (title is None or one._element is not title._element)
    ]


def _furniture(layout: SlideLayout, kind: PP_PLACEHOLDER) -> LayoutPlaceholder | None:
    return next((one for one in layout.placeholders if one.placeholder_format.type == kind), None)
