"""The typeface of the dashboard, Source Sans 3, for files that carry it with them.

Pages have it from Streamlit, which serves it. The files in static/fonts are subsets of the regular and the bold style;
the licence is beside them.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Final

FONT_FAMILY: Final = '"Source Sans 3", "Source Sans Pro", system-ui, sans-serif'
"""The typeface and what replaces it for characters that it lacks, for CSS and Plotly."""

FOLDER: Final = Path(__file__).resolve().parents[2] / "static" / "fonts"

SUBSETS: Final = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,"
    "U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,"
    "U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C4,U+2113,U+2C60-2C7F,U+A720-A7FF",
}
"""The characters of each subset."""

WEIGHTS: Final = (400, 700)


@cache
def font_faces() -> str:
    """Return CSS rules that contain the typeface, about 130 kB."""
    return "".join(_font_face(subset, weight) for subset in SUBSETS for weight in WEIGHTS)


def _font_face(subset: str, weight: int) -> str:
    content = base64.b64encode((FOLDER / f"source-sans-3-{subset}-{weight}.woff2").read_bytes()).decode()
    return (
        f'@font-face{{font-family:"Source Sans 3";font-weight:{weight};unicode-range:{SUBSETS[subset]};'
        f'src:url(data:font/woff2;base64,{content}) format("woff2")}}'
    )
