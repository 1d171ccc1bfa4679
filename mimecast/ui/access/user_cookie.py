"""Reads Streamlit's cookie of a signed-in user, for requests that no page answers: downloads and uploads.

Streamlit documents neither the cookie's name nor its format: a JSON object with the claims and the origin of the
sign-in, signed by itsdangerous, in several cookies where it is long. A cookie that cannot be read is no sign-in, so a
later Streamlit that changes the format makes downloads fail and never opens them. `tests/browser/test_signin.py` reads
the cookie of the installed version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE: Final = "_streamlit_user"
MAX_AGE_SECONDS: Final = 31 * 24 * 60 * 60
"""Streamlit's own limit. The product's is shorter, and is counted from the token's issue (`settings/auth.py`)."""

MAX_PARTS: Final = 20


def read_claims(cookies: Mapping[str, str], cookie_secret: str, origin: str) -> dict[str, Any]:
    """Return the claims and `is_logged_in` of a signed-in user, as in `st.user`; empty where no one is signed in.

    Args:
        cookies: The cookies of a request by name.
        cookie_secret: The key `cookie_secret` of [auth].
        origin: Scheme, host and port of the dashboard's address. A sign-in elsewhere does not count.
    """
    try:
        payload = json.loads(_signed_text(cookies, cookie_secret))
    except (BadData, KeyError, ValueError):
        return {}
    if not isinstance(payload, dict) or payload.get("origin") != origin:
        return {}
    return {"is_logged_in": False, **{name: value for name, value in payload.items() if name != "origin"}}


def _signed_text(cookies: Mapping[str, str], cookie_secret: str) -> str:
    """Return the signed text, put together from its parts. Raises BadData, KeyError, ValueError."""

    def load(name: str) -> str:
        return str(URLSafeTimedSerializer(cookie_secret, salt=name).loads(cookies[name], max_age=MAX_AGE_SECONDS))

    text = load(COOKIE)
    parts = re.fullmatch(r"chunks-(\d{1,3})", text)
    if parts is None:
        return text
    if int(parts[1]) > MAX_PARTS:
        raise ValueError("too many parts")
    return "".join(load(f"{COOKIE}_{number}") for number in range(1, int(parts[1]) + 1))
