"""Streamlit's cookie of a signed-in user: read as Streamlit writes it, and nothing else is a sign-in."""

from __future__ import annotations

import json

import pytest
from itsdangerous import URLSafeTimedSerializer
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from mimecast.ui.access.user_cookie import COOKIE, read_claims

SECRET = "recognisable-cookie-secret-0123456789"
ORIGIN = "https://scores.contoso.com"


def cookies_of_streamlit(payload: dict[str, object], secret: str = SECRET) -> dict[str, str]:
    """Return the cookies that the installed Streamlit sets for a user."""
    cookies: dict[str, str] = {}

    def set_cookie(name: str, value: str) -> None:
        cookies[name] = create_signed_value(secret, name, value).decode()

    set_cookie_with_chunks(
        set_cookie, lambda name, value: create_signed_value(secret, name, value), COOKIE, payload, cookie_attr_size=100
    )
    return cookies


@pytest.mark.parametrize("padding", ["", "".join(map(str, range(3000)))], ids=["one cookie", "several cookies"])
def test_the_claims_are_read_as_the_installed_streamlit_writes_them(padding: str) -> None:
    claims = {"is_logged_in": True, "email": "ada@contoso.com", "email_verified": True, "iat": 5, "name": padding}
    cookies = cookies_of_streamlit({"origin": ORIGIN, **claims})
    assert (len(cookies) > 1) == bool(padding)
    assert read_claims(cookies, SECRET, ORIGIN) == claims


def signed(text: str) -> dict[str, str]:
    return {COOKIE: str(URLSafeTimedSerializer(SECRET, salt=COOKIE).dumps(text))}


@pytest.mark.parametrize(
    "cookies",
    [
        {},
        {COOKIE: ""},
        {COOKIE: "not signed"},
        cookies_of_streamlit({"origin": ORIGIN, "is_logged_in": True}, "x" * 40),
        cookies_of_streamlit({"origin": "https://elsewhere.contoso.com", "is_logged_in": True}),
        signed("not JSON"),
        signed("[1]"),
        signed("chunks-3"),
        signed("chunks-999"),
        signed(json.dumps({"is_logged_in": True})),
    ],
)
def test_anything_else_is_no_sign_in(cookies: dict[str, str]) -> None:
    assert read_claims(cookies, SECRET, ORIGIN) == {}
