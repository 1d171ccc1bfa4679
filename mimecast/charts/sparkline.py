"""The line of the last days under a number, as a picture so small that a page's style can hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

WIDTH: Final = 100
HEIGHT: Final = 30
STROKE_MARGIN: Final = 2
"""Room for the line's own thickness at the top and at the bottom."""


def sparkline(values: Sequence[float], colour: str) -> str:
    """An SVG picture as a `data:` address, to be stretched to any size: the least value stands at the bottom, the
    greatest at the top, equal values in the middle. Values are at equal distances; there have to be two of them.
    """
    low, high = min(values), max(values)
    scale = (HEIGHT - 2 * STROKE_MARGIN) / (high - low) if high > low else 0.0
    base = HEIGHT - STROKE_MARGIN if high > low else HEIGHT / 2
    step = WIDTH / (len(values) - 1)
    line = " ".join(f"{index * step:.4g},{base - (value - low) * scale:.4g}" for index, value in enumerate(values))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="0,{HEIGHT} {line} {WIDTH},{HEIGHT}" fill="{colour}" fill-opacity="0.08"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"
