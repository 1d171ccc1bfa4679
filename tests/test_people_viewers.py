"""Who may see names: users in `people_viewers` where users sign in, and otherwise only users at this computer."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.logger import get_logger
from streamlit.testing.v1 import AppTest

from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.store import Store
from mimecast.ui.sections import users_at_risk
from tests.support.app import click, html_of, make_app, text_of
from tests.support.clock import NOW
from tests.support.logs import logged_lines
from tests.support.people import COUNTS, KEY, dashboard, run, secrets_of, users
from tests.support.sandbox import UnmarkedSandbox

pytestmark = pytest.mark.usefixtures("isolated_pages")

AUTH = {
    "redirect_uri": "https://scores.contoso.com/oauth2callback",
    "cookie_secret": "recognisable-cookie-secret-0123456789",
    "client_id": "recognisable-client",
    "client_secret": "recognisable-client-secret",
    "server_metadata_url": "https://login.contoso.com/.well-known/openid-configuration",
}
ADA = {"is_logged_in": True, "email": "Ada@Contoso.com", "email_verified": True, "iat": time.time()}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with UnmarkedSandbox(lambda: COUNTS) as sandbox:
        sandbox.users = users
        yield sandbox


@pytest.fixture
def filled(server: Sandbox, store: Store, store_url: str) -> dict[str, Any]:
    """Store two lists of users, and return the settings of their account."""
    account = Account("default", "Contoso", server.base_url, server.keys)
    now = datetime.now(NOW.tzinfo)
    for when in (now - timedelta(days=32), now):
        run(account, store, dashboard("names"), when)
    return secrets_of(server, store_url)


def people_page(project: Path, secrets: dict[str, Any], claims: dict[str, Any], **keys: Any) -> AppTest:
    """Return People as a user with these claims sees it; `keys` are those of [dashboard] beside the level `names`."""
    table = {"people": "names", "pseudonym_key": KEY, "allowed_domains": ["contoso.com"], **keys}
    app = make_app(project, secrets | {"auth": AUTH, "dashboard": table})
    for key, value in claims.items():
        app.user[key] = value
    app.run()
    app.switch_page("pages/people.py").run()
    assert not app.exception
    return app


def can_open(app: AppTest) -> bool:
    return "people_open" in [button.key for button in app.button]


@pytest.mark.parametrize(
    ("claims", "viewers"),
    [
        ({}, []),
        ({}, ["grace@contoso.com"]),
        ({"email": "\u212aim@contoso.com"}, ["kim@contoso.com"]),
        ({"email": "ada@contoso.com.evil-contoso.com"}, ["ada@contoso.com"]),
    ],
    ids=["no viewers", "other viewers", "a Kelvin sign for a k", "a longer address"],
)
def test_a_user_who_is_not_among_the_viewers_sees_departments_and_movement_but_cannot_open_names(
    project: Path, filled: dict[str, Any], server: Sandbox, claims: dict[str, Any], viewers: list[str]
) -> None:
    requests = server.details_requests
    domains = ["contoso.com", "contoso.com.evil-contoso.com"]
    app = people_page(project, filled, ADA | claims, people_viewers=viewers, allowed_domains=domains)
    assert app.get("plotly_chart")
    assert "stayed at D" in html_of(app)
    assert "Names are shown only to the users in people_viewers" in text_of(app)
    assert not can_open(app)
    assert server.details_requests == requests


def test_a_viewer_opens_the_list_and_the_log_has_their_address_and_no_name(
    project: Path, filled: dict[str, Any]
) -> None:
    app = people_page(project, filled, ADA, people_viewers=["ADA@contoso.com"])
    with logged_lines(get_logger("mimecast.ui.access.audit")) as lines:
        click(app, "people_open")
    assert "Qwvname 65" in html_of(app)
    assert lines == ['Ada@Contoso.com opened the list of users at risk by name (account "default").']


@pytest.mark.parametrize(
    "claims", [{"is_logged_in": False}, {"email_verified": False}, {"email": "ada@fabrikam.com"}],
    ids=["signed out", "unverified", "of another domain"],
)  # fmt: skip
def test_a_viewer_who_may_not_see_the_dashboard_sees_nothing_of_people(
    project: Path, filled: dict[str, Any], claims: dict[str, Any]
) -> None:
    app = people_page(project, filled, ADA | claims, people_viewers=["ada@contoso.com", "ada@fabrikam.com"])
    assert not can_open(app)
    assert "Sales" not in html_of(app) + text_of(app)
    assert not app.get("plotly_chart")


def test_a_viewer_who_is_taken_off_the_list_loses_the_names_at_once(project: Path, filled: dict[str, Any]) -> None:
    app = people_page(project, filled, ADA, people_viewers=["ada@contoso.com"])
    click(app, "people_open")
    assert "Qwvname 65" in html_of(app)
    app.secrets["dashboard"] = {**app.secrets["dashboard"], "people_viewers": []}
    app.run()
    assert "Qwvname" not in html_of(app)
    app.secrets["dashboard"] = {**app.secrets["dashboard"], "people_viewers": ["ada@contoso.com"]}
    app.run()
    assert "Qwvname" not in html_of(app)
    assert can_open(app)


@pytest.mark.parametrize(("address", "may_open"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_without_sign_in_names_are_for_users_at_this_computer_only(
    project: Path, filled: dict[str, Any], address: str, may_open: bool
) -> None:
    before = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        app = make_app(project, filled | {"dashboard": {"people": "names", "pseudonym_key": KEY}}).run()
        app.switch_page("pages/people.py").run()
    finally:
        config.set_option("server.address", before)
    assert can_open(app) == may_open
    assert ("Names are not shown: no one has to sign in" in text_of(app)) != may_open


def test_the_list_disappears_after_half_an_hour(
    project: Path, filled: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = people_page(project, filled, ADA, people_viewers=["ada@contoso.com"])
    click(app, "people_open")
    monkeypatch.setattr(users_at_risk, "KEPT_FOR", timedelta(0))
    app.run()
    assert "Qwvname" not in html_of(app)
    assert can_open(app)


def test_the_list_has_no_download(project: Path, filled: dict[str, Any]) -> None:
    app = people_page(project, filled, ADA, people_viewers=["ada@contoso.com"])
    downloads = html_of(app).count("download=")
    click(app, "people_open")
    assert html_of(app).count("download=") == downloads
    assert not app.get("download_button")


def test_with_another_key_than_that_of_the_stored_pseudonyms_no_list_is_requested(
    project: Path, filled: dict[str, Any], server: Sandbox
) -> None:
    requests = server.details_requests
    other = base64.b64encode(b"o" * 32).decode()
    app = people_page(project, filled, ADA, people_viewers=["ada@contoso.com"], pseudonym_key=other)
    click(app, "people_open")
    assert "people forget" in text_of(app)
    assert server.details_requests == requests
