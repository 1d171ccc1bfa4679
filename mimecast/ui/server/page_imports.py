"""Imports what pages need while Streamlit starts and the browser loads its client."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from functools import lru_cache
from importlib import import_module
from typing import Final

from mimecast.charts.drawing import import_pandas_between_drawings
from mimecast.ui.server.asgi import Application, Message, Receive, Send

MODULES: Final = (
    "mimecast.ui.page",
    "mimecast.ui.page_data.overview",
    "mimecast.ui.sections.annotations",
    "mimecast.ui.widgets.grade_tables",
    "numpy",
    "PIL.Image",  # Streamlit reads a page's icon with it and numpy
)
"""These import nearly everything that the Overview uses."""

FIGURE: Final = {
    "data": [{"type": "bar", "marker": {}}, {"type": "scatter", "line": {}}],
    "layout": {"xaxis": {}, "yaxis": {}, "shapes": [{}], "annotations": [{}], "title": {"text": ""}},
}
"""A figure of the kinds of parts that charts have, since Plotly imports each when it is first used."""

POLL_SECONDS: Final = 0.02

SWITCH_SECONDS: Final = 0.0005
"""How long the imports run before the server's thread, which sends the client's files, has its turn."""


class PageImports:
    """Middleware that lets a session begin once the imports are done.

    Two threads that import modules which import each other can see one of them half finished, so no page runs before.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        while scope["type"] == "websocket" and start_imports().is_alive():
            await asyncio.sleep(POLL_SECONDS)
        await self._application(scope, receive, send)


@lru_cache(maxsize=1)
def start_imports() -> threading.Thread:
    """Start the thread that imports, and return it. The pages themselves show what cannot be imported."""
    import_pandas_between_drawings()
    thread = threading.Thread(target=_import, name="page imports", daemon=True)
    thread.start()
    return thread


def _import() -> None:
    gc.disable()  # Python would examine every imported object for garbage again and again
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        for name in MODULES:
            import_module(name)
        import_module("plotly.graph_objects").Figure(FIGURE)
    finally:
        sys.setswitchinterval(usual)
        gc.freeze()  # otherwise the first page would examine them all
        gc.enable()
