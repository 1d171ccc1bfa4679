"""Client of Streamlit's WebSocket protocol: a visitor without a browser, cheap enough to run fifty at once.

It runs pages and operates widgets as the browser does and counts what it receives, but draws nothing. The messages are
Streamlit's protobuf, which no public interface promises: a new version of Streamlit may need changes here.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

TIMEOUT_SECONDS: Final = 120.0
"""Time within which the server must accept a connection, and send the next message of a run."""

XSRF_COOKIE: Final = "_streamlit_xsrf"
USER_COOKIE: Final = "_streamlit_user"

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024

ENDED: Final = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
"""How a run ends. One that ends in another way was interrupted for a newer run, which follows."""

CLIENT_ERRORS: Final = (OSError, WebSocketException)
"""What a method of `Session` raises besides `ScriptError`. A timeout is an OSError."""


class ScriptError(Exception):
    """A page's script raised an exception, or the page does not exist."""


@dataclass
class ScriptRun:
    """What the server sent for one run of a script, and how many seconds after the request the run had ended."""

    seconds: float = 0.0
    bytes_by_kind: Counter[str] = field(default_factory=Counter)
    elements: list[Any] = field(default_factory=list)
    """Streamlit's `Element` messages, in page order."""
    auto_reruns: dict[str, float] = field(default_factory=dict)
    """Ids of the fragments that rerun automatically, with their intervals in seconds."""

    def widget(self, kind: str, label: str) -> Any:
        """Return the widget of a kind (`button_group`, `selectbox` ...) that has this label.

        Raises ScriptError if the page has none.
        """
        for element in self.elements:
            if element.WhichOneof("type") == kind and getattr(element, kind).label == label:
                return getattr(element, kind)
        raise ScriptError(f"The page has no {kind} with the label {label!r}.")


class Session:
    """One visitor's session."""

    def __init__(self, connection: ClientConnection) -> None:
        """Use a connection that `open_session` has made."""
        self._connection = connection
        self._widgets: dict[str, WidgetState] = {}

    def open(self, page: str = "", query: str = "") -> ScriptRun:
        """Run a page as a click on its link does. `page` is the end of its URL path.

        Raises ScriptError, or one of CLIENT_ERRORS, as the other methods do.
        """
        self._widgets = {}
        return self._run(page, query)

    def set_widget(self, widget: WidgetState, page: str, query: str = "") -> ScriptRun:
        """Rerun the page with a widget's new state."""
        self._widgets[widget.id] = widget
        return self._run(page, query)

    def run_fragment(self, fragment: str, page: str, query: str = "") -> ScriptRun:
        """Run one fragment alone, as the browser does when its interval has passed."""
        return self._run(page, query, fragment)

    def send_bytes(self, message: bytes) -> None:
        """Send a message that the protocol does not have."""
        self._connection.send(message)

    def _run(self, page: str, query: str, fragment: str = "") -> ScriptRun:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.query_string, rerun.fragment_id = page, query, fragment
        rerun.is_auto_rerun = bool(fragment)
        rerun.widget_states.widgets.extend(self._widgets.values())
        rerun.context_info.timezone = "UTC"
        requested_at = time.perf_counter()
        self._connection.send(message.SerializeToString())
        run = self._receive_run()
        run.seconds = time.perf_counter() - requested_at
        return run

    def _receive_run(self) -> ScriptRun:
        """Return everything that arrives until the script has ended."""
        run = ScriptRun()
        while True:
            data = self._connection.recv(timeout=TIMEOUT_SECONDS, decode=False)
            message = ForwardMsg.FromString(data)
            kind = kind_of(message)
            run.bytes_by_kind[kind] += len(data)
            if kind == "script_finished" and message.script_finished in ENDED:
                return run
            if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise ScriptError("The script cannot be compiled.")
            if kind == "auto_rerun":
                run.auto_reruns[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "page_not_found":
                raise ScriptError("The page does not exist.")
            elif kind == "exception":
                exception = message.delta.new_element.exception
                raise ScriptError(f"{exception.type}: {exception.message}")
            elif _is_element(message):
                run.elements.append(message.delta.new_element)


@contextmanager
def open_session(url: str, user_cookie: str = "") -> Iterator[Session]:
    """Connect to the server at `url` (http) as a new visitor, signed in when there is the cookie of a user.

    Raises one of CLIENT_ERRORS.
    """
    protocols, headers = [Subprotocol("streamlit")], {}
    if user_cookie:
        xsrf = requests.get(f"{url}/_stcore/health", timeout=TIMEOUT_SECONDS).cookies[XSRF_COOKIE]
        protocols.append(Subprotocol(xsrf))
        headers = {"Cookie": f"{XSRF_COOKIE}={xsrf}; {USER_COOKIE}={user_cookie}"}
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=protocols,
        origin=Origin(url),
        additional_headers=headers,
        max_size=MAX_MESSAGE_BYTES,
        open_timeout=TIMEOUT_SECONDS,
        close_timeout=5,
        ping_interval=None,  # a browser sends no pings either, so a busy server does not lose its visitors
    ) as connection:
        yield Session(connection)


def kind_of(message: ForwardMsg) -> str:
    """Return what a message carries: the kind of element (`plotly_chart`, `metric` ...), or its own kind."""
    kind = str(message.WhichOneof("type"))
    if kind != "delta":
        return kind
    return str((message.delta.new_element if _is_element(message) else message.delta).WhichOneof("type"))


def select_option(group: Any, content: str) -> WidgetState:
    """Return the state of a segmented control or pills in which the option with this text is selected."""
    index = [option.content for option in group.options].index(content)
    state = WidgetState(id=group.id)
    if group.raw_values:
        state.string_array_value.data.append(content)
    else:
        state.int_array_value.data.append(index)
    return state


def _is_element(message: ForwardMsg) -> bool:
    return message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element"
