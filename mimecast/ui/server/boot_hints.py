"""Hints that let a browser load a page earlier. They rely on undocumented internals of Streamlit's client.

- The client finds its server by trying. On every page but the first its first guess is wrong, and it waits a tenth of a
  second before the next. `window.__streamlit` gives it the address.
- The client asks for the code of an element when it meets the first one, with the page half drawn. The hints ask for
  the elements that nearly every page has at once, and for Plotly.js by a preload link: Chromium compiles a script that
  it meets late again at every visit.

`python bench/run.py` with and without `ENABLED` measures what they gain (docs/performance.md). Where a later Streamlit
names a file differently, it is not asked for early, and nothing else is missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import streamlit as st

ENABLED: Final = True
"""The one switch of all hints."""

BACKEND_HINT: Final = "window.__streamlit={BACKEND_BASE_URL:new URL('./',location.href).href};"
"""The server is beside the page, as its files are; behind a proxy and under a path too."""

PLOTLY: Final = "PlotlyChart"

PRELOADED_ELEMENTS: Final = ("PageLink", "Button", "Html", "ButtonGroup", PLOTLY)
"""Streamlit's files for the elements that nearly every page has. The one that takes longest is last."""


def links() -> str:
    """Return the preload links for a page's head."""
    if not ENABLED:
        return ""
    return "".join(f'<link rel="preload" as="script" crossorigin href="{file}">' for file in _files(PLOTLY))


def script() -> str:
    """Return the script for a page's head. It imports the elements once the client has asked for its server."""
    if not ENABLED:
        return ""
    files = json.dumps([file for name in PRELOADED_ELEMENTS for file in _files(name)])
    imports = f"for(const file of {files})import(file)"
    return f"{BACKEND_HINT}addEventListener('DOMContentLoaded',()=>setTimeout(()=>{{{imports}}}));"


def _files(name: str) -> list[str]:
    """Return where the page finds the file with this name and a digest: one address, or none."""
    static = Path(st.__file__).parent / "static"
    return [f"./{file.relative_to(static).as_posix()}" for file in static.glob(f"static/js/{name}.*.js")]
