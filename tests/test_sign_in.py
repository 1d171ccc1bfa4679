"""Who may see the dashboard: what [auth] has to be, whose e-mail counts, and that no mistake leaves a page open."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.settings.auth import (
    MICROSOFT_ISSUER,
    AccessDecision,
    decide_access,
    read_auth,
    verified_email,
)
from mimecast.settings.project import PROJECT
from mimecast.settings.validation import SettingsError
from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_target
from mimecast.store.imports import read_imports
from mimecast.store.store import Store
from tests.support.app import add_note, click, field, open_forms
from tests.support.cards import cards_of
from tests.support.clock import NOW
from tests.support.exhaustive import CROSSED, every_nth

pytestmark = pytest.mark.usefixtures("isolated_pages")

PAGES = ["app.py", *(f"pages/{page.name}" for page in sorted((PROJECT / "pages").glob("*.py")))]

AUTH = {
    "redirect_uri": "https://scores.contoso.com/oauth2callback",
    "cookie_secret": "recognisable-cookie-secret-0123456789",
    "client_id": "recognisable-client",
    "client_secret": "recognisable-client-secret",
    "server_metadata_url": "https://login.contoso.com/.well-known/openid-configuration",
}
PROVIDER = {key: AUTH[key] for key in ("client_id", "client_secret", "server_metadata_url")}
SHARED = {key: AUTH[key] for key in ("redirect_uri", "cookie_secret")}
ADA = {"is_logged_in": True, "email": "Ada@Contoso.com", "email_verified": True, "iat": NOW.timestamp() - 60}


HERE = ADA | {"iat": time.time()}
"""Signed in when the tests began."""


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in AUTH.items() if name != key}


def test_without_auth_no_one_has_to_sign_in() -> None:
    assert read_auth({}) is None
    assert read_auth({"mimecast": {}, "editor": {"size": 1}, "path": {}, "dashboard": {"time_zone": "UTC"}}) is None


def test_auth_is_read_with_one_provider_or_with_named_ones() -> None:
    dashboard = {"allowed_emails": ["Ada@Contoso.com "], "allowed_domains": ["Fabrikam.com"]}
    rules = read_auth({"auth": AUTH | {"client_kwargs": {"prompt": "login"}}, "dashboard": dashboard})
    assert rules is not None
    assert (rules.providers, rules.origin) == (("",), "https://scores.contoso.com")
    assert (rules.allowed_emails, rules.allowed_domains) == (("ada@contoso.com",), ("fabrikam.com",))
    assert not rules.admits_anyone_signed_in
    rules = read_auth({"auth": SHARED | {"entra": PROVIDER, "okta": PROVIDER}})
    assert rules is not None
    assert rules.providers == ("entra", "okta")
    assert rules.admits_anyone_signed_in
    here = {"redirect_uri": "http://localhost:{port}/oauth2callback"}
    assert read_auth({"auth": AUTH | here}) is not None


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        ({"auth": "recognisable"}, "auth is a single value instead of a table"),
        ({"auth": {}}, "[auth] lacks redirect_uri. See “Sign-in” in docs/team.md."),
        ({"auth": without("cookie_secret")}, "[auth] lacks cookie_secret"),
        ({"auth": without("client_secret")}, "[auth] lacks client_secret. Copy it from the identity provider."),
        (
            {"auth": without("client_id") | {"clientid": "x"}},
            "[auth] lacks client_id. Rename 'clientid' to client_id if that is what you meant.",
        ),
        ({"auth": AUTH | {"client_id": " "}}, "client_id in [auth] is empty or not text"),
        ({"auth": AUTH | {"cookie_secret": 5}}, "cookie_secret in [auth] is empty or not text"),
        ({"auth": AUTH | {"cookie_secret": "recognisable"}}, "cookie_secret in [auth] is shorter than 32 characters"),
        ({"auth": AUTH | {"redirect_uri": "recognisable"}}, "redirect_uri in [auth] is not a web address"),
        ({"auth": AUTH | {"redirect_uri": "https://[::1"}}, "redirect_uri in [auth] is not a web address"),
        (
            {"auth": AUTH | {"redirect_uri": "http://scores.contoso.com/oauth2callback"}},
            "redirect_uri in [auth] begins with http",
        ),
        ({"auth": AUTH | {"redirect_uri": "https://scores.contoso.com/"}}, "does not end with /oauth2callback"),
        ({"auth": AUTH | {"server_metadata_url": "http://recognisable.com"}}, "server_metadata_url in [auth] begins"),
        ({"auth": SHARED | {"entra": without("client_id")}}, "[auth.entra] lacks client_id"),
        ({"auth": SHARED | {"my_entra": PROVIDER}}, "The name of [auth.my_entra] has a _"),
        ({"Auth": AUTH}, "The table [Auth] is unknown. Did you mean [auth]?"),
        ({"oauth": {}}, "Did you mean [auth]?"),
        ({"authentication": AUTH}, "Did you mean [auth]?"),
        ({"cookie_secret": "recognisable"}, "cookie_secret is outside any table"),
        (
            {"dashboard": {"allowed_emails": ["a@b.com"]}},
            "allowed_emails in [dashboard] needs sign-in, and there",
        ),
        ({"auth": AUTH, "dashboard": {"allowed_mails": ["a@b.com"]}}, "Did you mean allowed_emails?"),
        ({"dashboard": {"allowed_mails": ["a@b.com"]}}, "Did you mean allowed_emails?"),
        ({"auth": AUTH, "dashboard": "recognisable"}, "dashboard is a single value instead of a table"),
        ({"auth": AUTH, "dashbord": {"allowed_domains": ["x.com"]}}, "The table [dashbord] is unknown"),
        ({"auth": AUTH, "dashbord": {"allowed_domain": ["x.com"]}}, "The table [dashbord] is unknown"),
        ({"auth": AUTH | {"allowed_domains": ["x.com"]}}, "allowed_domains is in [auth]. Move it below [dashboard]."),
        ({"auth": AUTH, "mimecast": {"allowed_emails": []}}, "allowed_emails is in [mimecast]."),
        ({"auth": AUTH, "allowed_emails": ["a@b.com"]}, "allowed_emails is outside any table."),
        ({"auth": AUTH | {"client_secret": "..."}}, "client_secret in [auth] is still the example's “...”"),
        (
            {"auth": AUTH | {"server_metadata_url": "https://login.microsoftonline.com/TENANT-ID/v2.0"}},
            "server_metadata_url in [auth] still has the example's TENANT-ID",
        ),
    ],
)
def test_what_may_be_meant_to_keep_people_out_and_does_not_is_named(secrets: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_auth(secrets)
    assert message in str(caught.value)
    assert caught.value.remedy
    assert "recognisable" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    "dashboard", [{"time_zone": "Mars"}, {"pptx_template": "none.pptx"}, {"refresh_after": 6}, {"zzz": 1}]
)
def test_a_faulty_key_that_has_nothing_to_do_with_access_does_not_close_the_pages(dashboard: dict[str, Any]) -> None:
    rules = read_auth({"auth": AUTH, "dashboard": {"allowed_domains": ["contoso.com"]} | dashboard})
    assert rules is not None
    assert rules.allowed_domains == ("contoso.com",)


def test_allow_lists_in_tables_of_other_programs_are_theirs() -> None:
    assert read_auth({"auth": AUTH, "mailer": {"allowed_domains": ["x.com"]}, "connections": {"crm": {}}}) is not None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"allowed_emails": "ada@contoso.com"}, "allowed_emails in [dashboard] is not a list of quoted values"),
        ({"allowed_emails": [5]}, "allowed_emails in [dashboard] is not a list of quoted values"),
        ({"allowed_emails": ["ada@contoso.com", "recognisable"]}, "Entry 2 of allowed_emails in [dashboard] is not an"),
        ({"allowed_domains": ["@recognisable.com"]}, "Entry 1 of allowed_domains in [dashboard] is not a domain"),
        ({"allowed_domains": ["*.recognisable.com"]}, "Entry 1 of allowed_domains in [dashboard] is not a domain"),
        ({"allowed_domains": ["com"]}, "Entry 1 of allowed_domains in [dashboard] is not a domain"),
        ({"allowed_domains": ["straße.de"]}, "Entry 1 of allowed_domains in [dashboard] has a character that is not"),
        ({"allowed_emails": ["a\u212a@b.com"]}, "Entry 1 of allowed_emails in [dashboard] has a character that is not"),
    ],
)
def test_an_allow_list_is_checked(table: dict[str, Any], message: str) -> None:
    for secrets in ({"auth": AUTH, "dashboard": table}, {"dashboard": table}):
        with pytest.raises(SettingsError) as caught:
            read_auth(secrets)
        assert message in str(caught.value)
        assert "recognisable" not in str(caught.value)


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({}, "Ada@Contoso.com"),
        ({"email_verified": "true"}, "Ada@Contoso.com"),
        ({"email_verified": False}, ""),
        ({"email_verified": "false"}, ""),
        ({"email_verified": None}, ""),
        ({"email_verified": 1}, ""),
        ({"is_logged_in": False}, ""),
        ({"email": None}, ""),
        ({"email": "ada"}, ""),
        ({"email": "ada@contoso.com@fabrikam.com"}, ""),
        ({"email": "ada\n@contoso.com"}, ""),
        ({"email_verified": None, "iss": f"{MICROSOFT_ISSUER}x/v2.0", "xms_edov": True}, "Ada@Contoso.com"),
        ({"email_verified": None, "iss": f"{MICROSOFT_ISSUER}x/v2.0", "xms_edov": "1"}, "Ada@Contoso.com"),
        ({"email_verified": None, "iss": f"{MICROSOFT_ISSUER}x/v2.0", "xms_edov": "0"}, ""),
        ({"email_verified": None, "iss": f"{MICROSOFT_ISSUER}x/v2.0"}, ""),
        ({"email_verified": False, "iss": f"{MICROSOFT_ISSUER}x/v2.0", "xms_edov": True}, ""),
        ({"email_verified": None, "iss": "https://elsewhere.com", "xms_edov": True}, ""),
    ],
)
def test_only_an_e_mail_address_that_the_provider_vouches_for_counts(claims: dict[str, Any], email: str) -> None:
    assert verified_email(ADA | claims) == email


@pytest.mark.parametrize(
    ("claims", "dashboard", "expected"),
    [
        ({}, {}, AccessDecision.ALLOWED),
        ({}, {"allowed_emails": ["ada@contoso.com"]}, AccessDecision.ALLOWED),
        ({}, {"allowed_domains": ["contoso.com"]}, AccessDecision.ALLOWED),
        ({}, {"allowed_domains": ["fabrikam.com"], "allowed_emails": ["ADA@contoso.com"]}, AccessDecision.ALLOWED),
        ({}, {"allowed_domains": ["fabrikam.com"]}, AccessDecision.NOT_ALLOWED),
        ({"email": "ada@evil-contoso.com"}, {"allowed_domains": ["contoso.com"]}, AccessDecision.NOT_ALLOWED),
        ({"email": "ada@sub.contoso.com"}, {"allowed_domains": ["contoso.com"]}, AccessDecision.NOT_ALLOWED),
        ({"email": "ada@contoso.com.evil.org"}, {"allowed_domains": ["contoso.com"]}, AccessDecision.NOT_ALLOWED),
        ({"email_verified": False}, {"allowed_domains": ["contoso.com"]}, AccessDecision.UNVERIFIED),
        ({"email_verified": False}, {}, AccessDecision.UNVERIFIED),
        ({"is_logged_in": False}, {}, AccessDecision.SIGNED_OUT),
        ({"iat": NOW.timestamp() - timedelta(hours=13).total_seconds()}, {}, AccessDecision.EXPIRED),
        ({"iat": None}, {}, AccessDecision.EXPIRED),
        ({"iat": NOW.timestamp() + 3600}, {}, AccessDecision.EXPIRED),
        ({"iat": float("nan")}, {}, AccessDecision.EXPIRED),
        ({"iat": float("inf")}, {}, AccessDecision.EXPIRED),
        ({"iat": float("-inf")}, {}, AccessDecision.EXPIRED),
        ({"iat": 10**400}, {}, AccessDecision.EXPIRED),
        ({"iat": True}, {}, AccessDecision.EXPIRED),
        ({}, {"allowed_emails": []}, AccessDecision.NOT_ALLOWED),
        ({}, {"allowed_domains": []}, AccessDecision.NOT_ALLOWED),
        ({}, {"allowed_emails": [], "allowed_domains": ["contoso.com"]}, AccessDecision.ALLOWED),
        ({"email": "ada@straße.de"}, {"allowed_domains": ["strasse.de"]}, AccessDecision.NOT_ALLOWED),
        ({"email": "ada@contoſo.com"}, {"allowed_domains": ["contoso.com"]}, AccessDecision.NOT_ALLOWED),
        ({"email": "\u212aim@contoso.com"}, {"allowed_emails": ["kim@contoso.com"]}, AccessDecision.NOT_ALLOWED),
        ({"email": "KIM@CONTOSO.COM"}, {"allowed_emails": ["kim@contoso.com"]}, AccessDecision.ALLOWED),
    ],
)
def test_who_is_welcome(claims: dict[str, Any], dashboard: dict[str, Any], expected: AccessDecision) -> None:
    rules = read_auth({"auth": AUTH, "dashboard": dashboard})
    assert rules is not None
    assert decide_access(ADA | claims, rules, NOW) is expected


# On the pages


@pytest.fixture
def stored(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One snapshot of 77,315 users, with numbers that stand nowhere else."""
    monkeypatch.setenv("SNAPSHOTS_URL", store_url)
    Store.open(store_url).add([Snapshot("default", NOW, ScoreCounts(33001, 22002, 11003, 7004, 4305))])


def shown(
    project: Path, page: str, secrets: dict[str, Any], claims: dict[str, Any] | None = None, runs: int = 1
) -> AppTest:
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    for key, value in secrets.items():
        app.secrets[key] = value
    for key, value in (claims or {}).items():
        app.user[key] = value
    app.switch_page(page)
    for _ in range(runs):
        app.run()
    assert not app.exception
    return app


def everything(app: AppTest) -> str:
    """Return everything that was sent to the browser."""
    elements = [*app.main, *app.sidebar]
    return "".join(str(element.proto) for element in elements if hasattr(element, "proto")) + str(app.main)


def nothing_is_shown(app: AppTest) -> None:
    sent = everything(app)
    for number in ("77,315", "33,001", "33001", "graded", "SAMPLE"):
        assert number not in sent
    assert not app.get("plotly_chart")
    assert not cards_of(app)
    assert not app.get("page_link")


ACCOUNT = {"name": "Contoso", "client_id": "recognisable-id", "client_secret": "recognisable-secret"}
NO_ONE = ACCOUNT | {"base_url": "http://127.0.0.1:9"}


@CROSSED
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("secrets", "claims", "message"),
    [
        ({"auth": AUTH}, {}, "Sign in to see this dashboard"),
        ({"auth": AUTH}, ADA | {"iat": 0}, "Your sign-in has expired: it lasts 12 hours"),
        ({"auth": AUTH}, HERE | {"email_verified": False}, "does not say that your e-mail address is verified"),
        ({"auth": AUTH, "dashboard": {"allowed_domains": ["x.com"]}}, HERE, "you are not on the list"),
        ({"auth": without("client_id")}, HERE, "[auth] lacks client_id"),
        ({"oauth": AUTH}, HERE, "Did you mean [auth]?"),
        ({"dashboard": {"allowed_domains": ["x.com"]}}, {}, "needs sign-in, and there is no [auth]"),
    ],
    ids=["signed out", "ended", "unverified", "not allowed", "wrong auth", "misspelt", "list alone"],
)
@pytest.mark.usefixtures("stored")
def test_a_user_who_is_not_admitted_sees_no_number_on_any_page(
    project: Path, page: str, secrets: dict[str, Any], claims: dict[str, Any], message: str
) -> None:
    app = shown(project, page, {"mimecast": NO_ONE, **secrets}, claims)
    assert message in everything(app).replace("\\", "")
    assert "recognisable" not in everything(app)
    nothing_is_shown(app)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("stored")
def test_without_authlib_the_page_reports_it_and_shows_nothing(
    project: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "authlib", None)
    app = shown(project, page, {"mimecast": NO_ONE, "auth": AUTH}, HERE)
    assert "the library authlib is not installed" in app.warning[0].value
    assert "pip install" in app.warning[0].value
    nothing_is_shown(app)


@pytest.mark.usefixtures("stored")
def test_auth_that_goes_away_while_the_dashboard_runs_does_not_open_it(project: Path) -> None:
    nothing_is_shown(shown(project, "app.py", {"mimecast": NO_ONE, "auth": AUTH}))
    app = shown(project, "app.py", {"mimecast": NO_ONE})
    assert "restart the dashboard to run it without" in app.warning[0].value
    nothing_is_shown(app)


@CROSSED
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[auth]\nredirect_uri = recognisable\n", "is not valid TOML"),
        (b"[mimecast\n", "is not valid TOML"),
        ("[mimecast]\n".encode("utf-16"), "is UTF-16 instead of UTF-8 text"),
        (b"name = '\xe9'", "is not UTF-8 text"),
        (b'\xef\xbb\xbf[auth]\nclient_id = "recognisable"\n', "Save the file without BOM"),
    ],
    ids=["auth", "no auth", "UTF-16", "Latin-1", "byte-order mark"],
)
@pytest.mark.usefixtures("stored")
def test_a_file_that_cannot_be_parsed_shows_the_reason_and_no_number(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch, page: str, content: bytes, message: str
) -> None:
    """With an account from the environment, which would be shown without a file."""
    for key, value in {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "BASE_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(f"MIMECAST_{key}", value)
    write_secrets(home, content)
    app = shown(project, page, {})
    shown_text = app.warning[0].value.replace("\\", "")
    assert message in shown_text
    assert "No page is shown until this is fixed" in shown_text
    nothing_is_shown(app)


@pytest.mark.usefixtures("stored")
def test_without_auth_a_byte_order_mark_does_no_harm(project: Path, home: Path) -> None:
    account = "".join(f"{key} = {value!r}\n" for key, value in NO_ONE.items())
    write_secrets(home, f"\ufeff[mimecast]\n{account}".encode())
    assert "77,315" in everything(shown(project, "app.py", {}))


def write_secrets(home: Path, content: bytes) -> None:
    folder = home / ".streamlit"
    folder.mkdir()
    (folder / "secrets.toml").write_bytes(content)
    (folder / "secrets.toml").chmod(0o600)


@pytest.mark.usefixtures("stored")
def test_a_visitor_who_clears_streamlits_caches_does_not_make_the_server_forget_sign_in(project: Path) -> None:
    nothing_is_shown(shown(project, "app.py", {"mimecast": NO_ONE, "auth": AUTH}))
    st.cache_data.clear()
    st.cache_resource.clear()
    nothing_is_shown(shown(project, "app.py", {"mimecast": NO_ONE}))


@pytest.mark.usefixtures("stored")
def test_the_sidebar_shows_who_is_signed_in_and_sign_out(project: Path) -> None:
    secrets = {"mimecast": NO_ONE, "auth": AUTH, "dashboard": {"allowed_domains": ["contoso.com"]}}
    app = shown(project, "app.py", secrets, HERE)
    assert "Signed in as Ada" in app.sidebar.caption[-1].value
    assert [button.label for button in app.sidebar.button] == ["Sign out"]
    assert "77,315" in everything(app)


@CROSSED
@pytest.mark.parametrize("page", every_nth([*PAGES], 3))
@pytest.mark.parametrize(
    ("address", "warned"),
    [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True), ("192.0.2.7", True), (None, True)],
)
def test_without_sign_in_a_server_that_others_can_reach_warns_on_every_page(
    project: Path, page: str, address: str | None, warned: bool
) -> None:
    before = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        app = shown(project, page, {})
    finally:
        config.set_option("server.address", before)
    alerts = [alert.proto.title for alert in app.warning]
    assert alerts == (["Anyone on the network can view this dashboard"] if warned else [])


@pytest.mark.usefixtures("stored")
def test_what_a_signed_in_person_writes_bears_their_address(project: Path, store: Store) -> None:
    secrets = {"mimecast": NO_ONE, "auth": AUTH}
    app = shown(project, "pages/history.py", secrets, HERE)
    open_forms(app)
    add_note(app, "Phishing campaign")
    open_forms(app)
    field(app, "number_input", "target_share").set_value(8.0)
    click(app, "target_set")
    (note,), target = load_notes(store, "default"), load_target(store, "default")
    assert target is not None
    assert (note.author, target.author) == ("Ada@Contoso.com", "Ada@Contoso.com")
    app = shown(project, "pages/connection.py", secrets, HERE)
    rows = b"account,taken_at,a,b,c,d,f,other\ndefault,2025-02-28T12:00:00Z,5,4,3,2,1,0\n"
    app.file_uploader[0].upload("months.csv", rows, "text/csv")
    app.run()
    click(app, "data_store")
    assert [entry.author for entry in read_imports(store, "default")] == ["Ada@Contoso.com"]
