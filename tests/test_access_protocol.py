"""What a client without a browser can do after it has lost its access, and before it has any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from mimecast.sandbox.server import Sandbox
from mimecast.store.annotations.targets import load_target
from mimecast.store.store import Store
from mimecast.ui.server.session_limits import MAX_SESSIONS_BEFORE_SIGN_IN, MAX_UPLOADS_PER_SESSION
from tests.support.protocol import USER_COOKIE, RawClient, open_client, user_cookie
from tests.support.server import RunApp
from tests.support.waiting import wait_until

SECRET = "recognisable-cookie-secret-0123456789"
ADA = "ada@contoso.com"
AUTH = f"""[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "a"
client_secret = "b"
server_metadata_url = "https://login.invalid/.well-known/openid-configuration"
"""
ADMITS_ADA = f'{AUTH}[dashboard]\nallowed_emails = ["{ADA}"]\n'
ADMITS_OTHERS = f'{AUTH}[dashboard]\nallowed_emails = ["ben@contoso.com"]\n'
NUMBERS = ("1,204", "users graded")


@pytest.fixture
def url(run_app: RunApp, account_variables: dict[str, str]) -> Iterator[str]:
    """Return the address of a server that admits Ada, with an account of the sandbox."""
    with run_app(account_variables, secrets=ADMITS_ADA) as address:
        yield address


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    """Return the secrets file of that server."""
    return tmp_path / "clone" / ".streamlit" / "secrets.toml"


def cookie_of_ada(url: str, **claims: object) -> str:
    return user_cookie(url, SECRET, ADA, **claims)


def remove_ada(secrets_file: Path, client: RawClient) -> None:
    """Take Ada off the list, and wait until the server has seen it."""
    secrets_file.write_text(ADMITS_OTHERS)
    wait_until(lambda: "not on the list" in client.run().replace("\\", ""))


def get(url: str, path: str, cookie: str = "") -> requests.Response:
    return requests.get(f"{url}{path}", cookies={USER_COOKIE: cookie} if cookie else {}, timeout=60)


def test_a_user_who_was_removed_can_no_longer_click(
    url: str, secrets_file: Path, sandbox: Sandbox, account_variables: dict[str, str]
) -> None:
    with open_client(url, cookie_of_ada(url)) as client, open_client(url, cookie_of_ada(url)) as other:
        wait_until(lambda: "1,204" in client.run())
        refresh = client.button("Refresh")
        requests_before = sandbox.summary_requests
        remove_ada(secrets_file, other)
        received = client.run(clicked=refresh)
        assert "not on the list" in received.replace("\\", "")
        assert not [number for number in NUMBERS if number in received]
    assert sandbox.summary_requests == requests_before
    assert load_target(Store.open(account_variables["SNAPSHOTS_URL"]), "default") is None


def test_signing_out_reaches_the_browser_although_the_page_runs_again_at_once(url: str) -> None:
    """Otherwise the cookie would stay, and with it the access."""
    with open_client(url, cookie_of_ada(url)) as client:
        wait_until(lambda: "1,204" in client.run())
        client.run(clicked=client.button("Sign out"))
        received = client.run()
        assert "auth_redirect" in received
        assert "/auth/logout" in received
        assert not [number for number in NUMBERS if number in received]


def test_a_user_who_was_removed_gets_nothing_from_a_fragment(url: str, secrets_file: Path) -> None:
    with open_client(url, cookie_of_ada(url)) as client, open_client(url, cookie_of_ada(url)) as other:
        wait_until(lambda: "1,204" in client.run())
        fragment = client.fragments[-1]  # that of the run before, too, when the snapshot arrived in between
        remove_ada(secrets_file, other)
        received = client.run(fragment=fragment)
        assert "Taken" not in received
        assert not [number for number in NUMBERS if number in received]


def test_a_download_is_for_the_user_to_whom_it_was_offered_and_only_as_long_as_the_user_is_admitted(
    url: str, secrets_file: Path, tmp_path: Path
) -> None:
    ada = cookie_of_ada(url)
    with open_client(url, ada) as client, open_client(url, ada) as other:
        wait_until(lambda: "1,204" in client.run())
        path = client.download_url()
        file = get(url, path, ada)
        assert (file.status_code, file.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
        assert b"1204" in file.content
        for cookie in ("", "forged", cookie_of_ada(url, iat=0), user_cookie(url, "x" * 40, ADA)):
            assert get(url, path, cookie).status_code == 403
        assert get(url, path[:-1], ada).status_code == 404
        remove_ada(secrets_file, other)
        refused = get(url, path, ada)
        assert refused.status_code == 403
        assert "You cannot use this dashboard" in refused.text
    log = next(tmp_path.glob("clone-*.log")).read_text()
    assert f"{ADA} downloaded safe-score-overview-contoso-" in log
    assert log.count(" downloaded ") == 1
    assert f"{ADA} signed in." in log
    assert f"{ADA} was refused." in log


def test_a_download_ends_with_the_session_that_was_offered_it(run_app: RunApp) -> None:
    with run_app({}) as url, open_client(url) as client:
        client.run()
        path = client.download_url()
        client.run()
        assert client.download_url() == path
        assert get(url, path).status_code == 200
        client.send(BackMsg(clear_cache=True))  # which ends the session's state
        client.run()
        assert get(url, path).status_code == 404


def test_files_need_a_sign_in(url: str) -> None:
    ada = cookie_of_ada(url)
    with open_client(url) as anonymous, open_client(url, ada) as signed_in:
        anonymous.run()
        signed_in.run()
        for session, cookie, status in ((anonymous.session_id, "", 403), (signed_in.session_id, ada, 204)):
            assert upload(url, session, "one", cookie) == status
    assert get(url, "/media/0123.csv").status_code == 403


def upload(url: str, session: str, file: str, cookie: str = "") -> int:
    client = requests.Session()
    xsrf = client.get(f"{url}/_stcore/health", timeout=60).cookies["_streamlit_xsrf"]
    if cookie:
        client.cookies.set(USER_COOKIE, cookie)
    return client.put(
        f"{url}/_stcore/upload_file/{session}/{file}",
        headers={"X-Xsrftoken": xsrf},
        files={"file": ("x.csv", b"x", "text/csv")},
        timeout=60,
    ).status_code


def test_a_session_can_upload_a_limited_number_of_files(run_app: RunApp) -> None:
    with run_app({}) as url, open_client(url) as client:
        client.run()
        statuses = [upload(url, client.session_id, str(number)) for number in range(MAX_UPLOADS_PER_SESSION + 1)]
    assert statuses == [204] * MAX_UPLOADS_PER_SESSION + [429]


def test_a_client_that_opens_many_sessions_keeps_no_one_from_signing_in(url: str) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(open_client(url)) for _ in range(MAX_SESSIONS_BEFORE_SIGN_IN + 1)]
        assert "Sign in to see this dashboard" in clients[-1].run()
        with pytest.raises(ConnectionClosed):
            clients[0].run()
        signed_in = stack.enter_context(open_client(url, cookie_of_ada(url)))
        wait_until(lambda: "1,204" in signed_in.run())


def test_a_large_message_is_refused(url: str) -> None:
    with open_client(url) as client:

        def send_and_run() -> None:
            client.connection.send(b"x" * 3 * 1024 * 1024)  # the server may close the connection before it has all
            client.run()

        with pytest.raises(ConnectionClosed):
            send_and_run()


def test_an_anonymous_client_cannot_make_the_server_forget_that_sign_in_was_configured(
    url: str, secrets_file: Path
) -> None:
    with open_client(url) as client:
        assert "Sign in to see this dashboard" in client.run()
        secrets_file.write_text("")
        client.send(BackMsg(clear_cache=True))
        wait_until(lambda: "no longer configured" in client.run())
        client.send(BackMsg(clear_cache=True))
        received = client.run()
    assert "no longer configured" in received
    assert not [number for number in NUMBERS if number in received]
