"""Start of the server: opens the browser."""

from __future__ import annotations

import asyncio
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import streamlit as st

OPEN_BROWSER_AFTER_SECONDS: Final = 0.3
"""The delay after which the server accepts connections."""


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Run the start of the dashboard's `st.App`."""
    _open_browser()
    yield


def _open_browser() -> None:
    """Open the browser, which `streamlit run` does not do for an `st.App`."""
    address = _address()
    if address and not st.get_option("server.headless"):
        browser = threading.Thread(target=webbrowser.open, args=(address,), daemon=True)
        asyncio.get_running_loop().call_later(OPEN_BROWSER_AFTER_SECONDS, browser.start)


def _address() -> str | None:
    """Return where a browser on this computer finds the dashboard, or None for a socket in a file."""
    host = str(st.get_option("server.address") or "localhost")
    if host.startswith("unix:"):
        return None
    host = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}/{str(st.get_option('server.baseUrlPath')).strip('/')}"
