"""A raw client of Streamlit's WebSocket protocol, without a browser: what a hostile client can send."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from itsdangerous import URLSafeTimedSerializer
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

XSRF_COOKIE = "_streamlit_xsrf"
USER_COOKIE = "_streamlit_user"
TIMEOUT_SECONDS = 120


def user_cookie(origin: str, cookie_secret: str, email: str, **claims: Any) -> str:
    """Return the cookie that Streamlit sets when this user signs in at `origin`, just now."""
    identity = {"email": email, "email_verified": True, "iat": time.time(), **claims}
    text = json.dumps({"origin": origin, "is_logged_in": True, **identity})
    return str(URLSafeTimedSerializer(cookie_secret, salt=USER_COOKIE).dumps(text))


class RawClient:
    """One session."""

    def __init__(self, connection: ClientConnection) -> None:
        """Use a connection that `open_client` has made."""
        self.connection = connection
        self.session_id = ""
        self.elements: list[Any] = []
        self.fragments: list[str] = []

    def run(self, page: str = "", *, clicked: str = "", fragment: str = "") -> str:
        """Run a page, after a click on the button with an id, or run a fragment; return all that was received."""
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.fragment_id = page, fragment
        if clicked:
            message.rerun_script.widget_states.widgets.append(WidgetState(id=clicked, trigger_value=True))
        self.send(message)
        return self._receive_run()

    def send(self, message: BackMsg) -> None:
        """Send any message."""
        self.connection.send(message.SerializeToString())

    def button(self, label: str) -> str:
        """Return the id of the button with this label on the page that was run last."""
        (button,) = {element.button.id for element in self.elements if element.button.label == label}
        return str(button)

    def download_url(self) -> str:
        """Return the path of the first download link on the page that was run last."""
        bodies = [element.html.body for element in self.elements if 'class="download"' in element.html.body]
        return str(bodies[0]).partition('href="')[2].partition('"')[0]

    def _receive_run(self) -> str:
        received = []
        self.elements, self.fragments = [], []
        while True:
            message = ForwardMsg.FromString(self.connection.recv(timeout=TIMEOUT_SECONDS, decode=False))
            received.append(str(message))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id
            elif kind == "auto_rerun":
                self.fragments.append(message.auto_rerun.fragment_id)
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self.elements.append(message.delta.new_element)
            elif kind == "script_finished" and message.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
            ):
                return "\n".join(received)


@contextmanager
def open_client(url: str, cookie: str = "") -> Iterator[RawClient]:
    """Connect a client, signed in when it has the cookie of a user."""
    xsrf = requests.get(f"{url}/_stcore/health", timeout=TIMEOUT_SECONDS).cookies[XSRF_COOKIE]
    cookies = f"{XSRF_COOKIE}={xsrf}" + (f"; {USER_COOKIE}={cookie}" if cookie else "")
    protocols = [Subprotocol("streamlit"), Subprotocol(xsrf)]
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(
        address,
        subprotocols=protocols,
        origin=Origin(url),
        additional_headers={"Cookie": cookies},
        max_size=2**26,
        open_timeout=TIMEOUT_SECONDS,
    ) as connection:
        yield RawClient(connection)
