"""The options of the dashboard's `st.App`."""

from __future__ import annotations

from typing import Any

from starlette.middleware import Middleware

from mimecast.ui.access.return_to import ReturnTo
from mimecast.ui.server.download_route import download_route
from mimecast.ui.server.page_head import PageHead
from mimecast.ui.server.page_imports import PageImports
from mimecast.ui.server.security_headers import SecurityHeaders
from mimecast.ui.server.session_limits import Limits
from mimecast.ui.server.startup import lifespan


def server_options() -> dict[str, Any]:
    """Return the keyword arguments of `st.App`: routes, middleware from the outside in, and what runs at the start."""
    return {
        "routes": [download_route()],
        "middleware": [Middleware(each) for each in (SecurityHeaders, Limits, ReturnTo, PageHead, PageImports)],
        "lifespan": lifespan,
    }
