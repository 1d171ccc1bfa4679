"""Pages run with Streamlit's AppTest, which needs no browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from mimecast.ui.navigation import PAGES
from mimecast.ui.server.download_route import OFFERED, PATH, Download
from mimecast.ui.widgets.entry_form import FORM_KEYS
from tests.support.waiting import wait_until

READY_LABEL = "Refresh"
"""The label of the refresh button while no snapshot is requested in the background."""


def make_app(project: Path, secrets: dict[str, Any], query: dict[str, str] | None = None) -> AppTest:
    """Return the dashboard with these secrets and query parameters. It has not run yet."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    for key, value in secrets.items():
        app.secrets[key] = value
    for key, value in (query or {}).items():
        app.query_params[key] = value
    return app


def run_page(project: Path, page: str, secrets: dict[str, Any], query: dict[str, str] | None = None) -> AppTest:
    """Return the page with this title after it has run and its automatic refresh has ended."""
    app = make_app(project, secrets, query).run()
    if page != "Overview":
        scripts = {title: script for script, title, _ in PAGES}
        app.switch_page(scripts.get(page, f"pages/{page.lower()}.py")).run()
    wait_for_refresh(app)
    assert app.title[0].value == page
    return app


def wait_for_refresh(app: AppTest) -> None:
    """Run the page again until no refresh is under way. The page must not raise an exception."""

    def is_refreshed() -> bool:
        return not _is_refreshing(app) or not _is_refreshing(app.run())

    wait_until(is_refreshed)
    if any("No snapshot yet." in str(caption.value) for caption in app.caption):
        app.run()  # the refresh may have ended after the page had looked for a snapshot
    assert not app.exception


def chart_alts(app: AppTest) -> list[str]:
    """Return the text alternatives of the charts, from top to bottom."""
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def html_of(app: AppTest) -> str:
    """Return the HTML of our own that a page contains: cards and tables."""
    return "".join(block.proto.body for block in app.get("html"))


def downloads_of(app: AppTest) -> list[Download]:
    """Return the files that a page offers, in order."""
    return [OFFERED[token] for token in re.findall(rf'href="/{PATH}/([\w-]+)"', html_of(app))]


def text_of(app: AppTest) -> str:
    """Return the texts, captions, warnings and notices of a page, in this order."""
    elements = (app.markdown, app.caption, app.warning, app.info)
    return "\n".join(str(element.value) for kind in elements for element in kind)


def field(app: AppTest, kind: str, key_prefix: str) -> Any:
    """Return the only input of this kind whose key begins so; the key of a form's input ends with what it edits."""
    (element,) = [element for element in getattr(app, kind) if element.key.startswith(key_prefix)]
    return element


def click(app: AppTest, key: str) -> None:
    """Click a button and run the page, which must not raise an exception."""
    (button,) = [button for button in app.button if button.key == key]
    button.click().run()
    assert not app.exception


def open_forms(app: AppTest) -> None:
    """Open the forms on History, each of which closes when it has succeeded."""
    for key in FORM_KEYS:
        app.session_state[key] = True
    app.run()
    assert not app.exception


def add_note(app: AppTest, text: str) -> None:
    """Type a note into the form on History and save it."""
    field(app, "text_input", "note_text").set_value(text)
    click(app, "note_save")


def _is_refreshing(app: AppTest) -> bool:
    return any(button.key == "refresh" and button.label != READY_LABEL for button in app.button)
