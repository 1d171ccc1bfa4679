"""Estimates of the width of text without a font: good enough to break lines and shorten names.

Widths are in ems, so a width in pixels or points is the number of ems times the size of the font. They are those of
DejaVu Sans, the widest of the fonts that are used, so that text in another font takes less room than estimated.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from typing import Final

CHAR_WIDTHS: Final = {
    **dict.fromkeys(" '(),-./:;!IJ[]fijl|·", 0.35),
    **dict.fromkeys('"*_`rst–', 0.47),
    **dict.fromkeys("#&+<=>DGHNOQ^w~\u2212", 0.83),
    **dict.fromkeys("%@MWm…—", 0.99),
}
"""Widths of characters that are much narrower or wider than others, in ems."""

BOLD: Final = 1.1
"""Width of bold text relative to regular text."""

ELLIPSIS: Final = "…"


def em_width(text: str) -> float:
    """Return the width of a line of text in ems."""
    return sum(map(_char_width, text))


def room_for(labels: Iterable[str], size: float, *, bold: bool = False) -> int:
    """Return the width in pixels of the widest of labels whose size is in pixels, with some space on both sides."""
    return math.ceil(max(map(em_width, labels)) * size * (BOLD if bold else 1.0)) + 12


def wrap(text: str, max_ems: float) -> list[str]:
    """Break text into lines of at most `max_ems`, between words where possible. Returns at least one line."""
    lines: list[str] = []
    line, width = "", 0.0
    for word in text.split():
        word_width = em_width(word)
        if line and width + _char_width(" ") + word_width <= max_ems:
            line, width = f"{line} {word}", width + _char_width(" ") + word_width
            continue
        if line:
            lines.append(line)
        *full, line = _split(word, max_ems)
        lines += full
        width = em_width(line)
    return [*lines, line] if line or not lines else lines


def shorten(text: str, max_ems: float) -> str:
    """Return text of at most `max_ems`, cut with an ellipsis where it is longer; at least the ellipsis."""
    if em_width(text) <= max_ems:
        return text
    room = max_ems - em_width(ELLIPSIS)
    return _split(text, max(room, 0.0))[0].rstrip() + ELLIPSIS if room > 0 else ELLIPSIS


def shorten_in_the_middle(text: str, max_ems: float) -> str:
    """Return text of at most `max_ems`, with an ellipsis in place of its middle where it is longer."""
    if em_width(text) <= max_ems:
        return text
    room = (max_ems - em_width(ELLIPSIS)) / 2
    if room <= 0:
        return ELLIPSIS
    begin, end = _split(text, room)[0], _split(text[::-1], room)[0][::-1]
    return f"{begin.rstrip()}{ELLIPSIS}{end.lstrip()}"


def _split(word: str, max_ems: float) -> list[str]:
    """Split a word into pieces of at most `max_ems`, each of at least one character."""
    pieces = [""]
    width = 0.0
    for char in word:
        char_width = _char_width(char)
        if pieces[-1] and width + char_width > max_ems:
            pieces.append("")
            width = 0.0
        pieces[-1] += char
        width += char_width
    return pieces


def _char_width(char: str) -> float:
    if width := CHAR_WIDTHS.get(char):
        return width
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 1.0
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    return 0.7 if category == "Lu" else 0.62
