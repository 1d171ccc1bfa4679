"""Downloads through a route of our own: the file is made when its link is followed, for a user who may have it then.

Streamlit's download button makes a file without running the page's gate, and explains a failure in its own words only.
A link here has an unguessable address, which belongs to the session that was offered it and ends with that session.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from string import Template
from typing import Final
from urllib.parse import quote
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mimecast.problem import Problem
from mimecast.settings.project import PROJECT
from mimecast.ui.access.audit import log_action
from mimecast.ui.access.policy import AccessDenied, check_request
from mimecast.ui.server.security_headers import POLICY_WITHOUT_SCRIPTS

PATH: Final = "download"
NOT_CACHED: Final = {"Cache-Control": "no-store"}
PROBLEM_PAGE_POLICY: Final = {"Content-Security-Policy": POLICY_WITHOUT_SCRIPTS}


class DownloadGone(Problem):
    """The page that offered a file is closed, or the server was restarted."""

    title = "This download is no longer available"
    remedy = "Open the page again and follow the link on it."


@dataclass(eq=False)
class Download:
    """A file that a page offers. `make` returns its content, and may raise a Problem.

    `email` is the address of the signed-in user to whom it was offered, empty without sign-in.
    """

    make: Callable[[], bytes]
    file_name: str
    mime: str
    account: str
    email: str = ""


OFFERED: Final[WeakValueDictionary[str, Download]] = WeakValueDictionary()
"""Downloads by their token, as long as the session that was offered them keeps them."""


def download_route() -> Route:
    """Return the route of all downloads, for `st.App`."""
    return Route(f"/{PATH}/{{token}}", _download, methods=["GET"])


async def _download(request: Request) -> Response:
    return await run_in_threadpool(_respond, request.path_params["token"], dict(request.cookies))


def _respond(token: str, cookies: Mapping[str, str]) -> Response:
    try:
        email = check_request(cookies)
    except Problem as problem:
        return _problem_page(problem, 403)
    download = OFFERED.get(token)
    if download is None:
        return _problem_page(DownloadGone("The page that offered it was closed, or the dashboard was restarted."), 404)
    if download.email != email:
        return _problem_page(AccessDenied("This download was offered to another user."), 403)
    try:
        content = download.make()
    except Problem as problem:
        return _problem_page(problem, 500)
    log_action(email, f"downloaded {download.file_name}", download.account)
    disposition = f"attachment; filename*=UTF-8''{quote(download.file_name)}"
    return Response(content, media_type=download.mime, headers={"Content-Disposition": disposition, **NOT_CACHED})


def _problem_page(problem: Problem, status: int) -> Response:
    page = Template((PROJECT / "static" / "download_problem.html").read_text(encoding="utf-8"))
    escape = partial(html.escape, quote=True)
    text = page.substitute(title=escape(problem.title), message=escape(problem.message), remedy=escape(problem.remedy))
    return HTMLResponse(text, status_code=status, headers={**NOT_CACHED, **PROBLEM_PAGE_POLICY})
