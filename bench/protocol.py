"""A client that speaks Streamlit's own protocol: a session without a browser, to have fifty of them cheaply.

It runs pages and presses widgets as the browser's code does, counts what it is sent, and does not draw it. The messages
are Streamlit's protobuf; no public interface promises them, so a new version of Streamlit may ask for changes here.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

__all__ = ["ConnectionClosed", "Ran", "ScriptFailed", "Session", "chosen", "clicked", "kind_of", "session"]

TIMEOUT: Final = 120.0
"""Seconds within which a script must have ended."""

MOST_BYTES: Final = 64 * 1024 * 1024


class ScriptFailed(Exception):
    """A page that ended in an exception, or not at all."""


@dataclass
class Ran:
    """One run of a script: seconds from asking for it until it had ended, and what was sent meanwhile."""

    seconds: float = 0.0
    bytes_by_kind: Counter[str] = field(default_factory=Counter)
    elements: list[Any] = field(default_factory=list)
    """Streamlit's `Element` messages, in the order of the page."""
    again: dict[str, float] = field(default_factory=dict)
    """Fragments that are to run by themselves, and after how many seconds."""

    def widget(self, kind: str, label: str) -> Any:
        """The widget of this kind (`button_group`, `selectbox` ...) with this label."""
        found = (getattr(one, kind) for one in self.elements if one.WhichOneof("type") == kind)
        return next(widget for widget in found if widget.label == label)


class Session:
    """One open page of one visitor."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._widgets: dict[str, WidgetState] = {}

    def open(self, page: str = "", query: str = "") -> Ran:
        """Run a page as a first visit or a click on its link does. `page` is the end of its URL."""
        self._widgets = {}
        return self._run(page, query)

    def press(self, widget: WidgetState, page: str, query: str = "") -> Ran:
        """Run the page anew with a widget's new state."""
        self._widgets[widget.id] = widget
        return self._run(page, query)

    def run_fragment(self, fragment: str, page: str, query: str = "") -> Ran:
        """Run one fragment alone, as the browser does when its time has come."""
        return self._run(page, query, fragment)

    def _run(self, page: str, query: str, fragment: str = "") -> Ran:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.query_string, rerun.fragment_id = page, query, fragment
        rerun.is_auto_rerun = bool(fragment)
        rerun.widget_states.widgets.extend(self._widgets.values())
        rerun.context_info.timezone = "UTC"
        began = time.perf_counter()
        self._connection.send(message.SerializeToString())
        return self._until_finished(began)

    def _until_finished(self, began: float) -> Ran:
        """Whatever is sent until the script has ended; one that ended early for another run is followed by that run."""
        ran = Ran()
        done = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
        while True:
            data = self._connection.recv(timeout=TIMEOUT)
            if not isinstance(data, bytes):
                raise ScriptFailed("The server sent text, which is not its protocol.")
            message = ForwardMsg.FromString(data)
            kind = kind_of(message)
            ran.bytes_by_kind[kind] += len(data)
            if kind == "auto_rerun":
                ran.again[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                if kind == "exception":
                    raise ScriptFailed(f"{element.exception.type}: {element.exception.message}")
                ran.elements.append(element)
            elif kind == "page_not_found":
                raise ScriptFailed("There is no such page.")
            elif kind == "script_finished":
                if message.script_finished in done:
                    ran.seconds = time.perf_counter() - began
                    return ran
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise ScriptFailed("The script could not be compiled.")


@contextmanager
def session(url: str) -> Iterator[Session]:
    """A visitor of the server at `url` (http)."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    # As a browser: it asks nobody whether they are still there, however busy the server is.
    patient: dict[str, Any] = {
        "max_size": MOST_BYTES,
        "open_timeout": TIMEOUT,
        "close_timeout": 5,
        "ping_interval": None,
    }
    with connect(address, subprotocols=_STREAMLIT, **patient) as connection:
        yield Session(connection)


def kind_of(message: ForwardMsg) -> str:
    """What a message carries: the element's kind (`plotly_chart`, `metric` ...), else the message's own."""
    kind = str(message.WhichOneof("type"))
    if kind != "delta":
        return kind
    delta = message.delta
    inner = str(delta.WhichOneof("type"))
    return str(delta.new_element.WhichOneof("type")) if inner == "new_element" else inner


def chosen(group: Any, content: str) -> WidgetState:
    """The state of a segmented control (or pills) in which the option that reads `content` is chosen."""
    index = next(index for index, option in enumerate(group.options) if option.content == content)
    state = WidgetState(id=group.id)
    if group.raw_values:
        state.string_array_value.data.append(content)
    else:
        state.int_array_value.data.append(index)
    return state


def clicked(button: Any) -> WidgetState:
    """The state of a button that is being clicked."""
    return WidgetState(id=button.id, trigger_value=True)


_STREAMLIT: Final[Any] = ["streamlit"]
