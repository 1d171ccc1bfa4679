"""What a reload waits for: when each file was asked for and each message of Streamlit's came, and when all was drawn.

`python bench/waterfall.py` reloads the floor, the Overview and History over one year of daily snapshots, and prints one
line for each event, in seconds since the reload. Fonts and pictures are left out. A last line says whether Chromium
took Plotly.js as it had compiled it before, or compiled it anew.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

if __package__ in (None, ""):
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench import browser as chromium
from bench.protocol import kind_of
from bench.run import machine
from bench.sections import FLOOR, HISTORY, OVERVIEW, Bench

RELOADS: Final = 3
"""Reloads before the one that is watched, so that whatever a browser and a server keep is kept."""


MICROSECONDS_OF_COMPILING: Final = 20_000
"""Taking what was kept is faster, and compiling 4.7 MB is not."""

TRACED: Final = "devtools.timeline,v8,disabled-by-default-v8.compile"


def watch(tab: chromium.Tab) -> tuple[list[tuple[float, str]], float, str]:
    """The events of one reload in their order, when all charts were drawn, and how Plotly.js was compiled."""
    events: list[tuple[float, str]] = []
    traced: list[dict[str, Any]] = []
    ended: list[object] = []
    wire = tab.context.new_cdp_session(tab.page)
    wire.on("Tracing.dataCollected", lambda event: traced.extend(event["value"]))
    wire.on("Tracing.tracingComplete", lambda event: ended.append(event))
    wire.send("Tracing.start", {"categories": TRACED, "transferMode": "ReportEvents"})
    wire.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        if event.get("type") not in ("Font", "Image"):
            events.append((event["timestamp"], f"file     {event['request']['url'].rpartition('/')[2] or 'the page'}"))

    def received(event: dict[str, Any]) -> None:
        message = ForwardMsg.FromString(base64.b64decode(event["response"]["payloadData"]))
        events.append((event["timestamp"], f"message  {kind_of(message)}"))

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.webSocketFrameReceived", received)
    drawn = tab.reload()
    tab.page.wait_for_timeout(500)
    wire.send("Tracing.end")
    while not ended:
        tab.page.wait_for_timeout(50)
    began = min(at for at, what in events if not what.startswith("file     blank"))
    return sorted((at - began, what) for at, what in events), drawn, _compiled(traced)


def _compiled(traced: list[dict[str, Any]]) -> str:
    """Chromium compiles a file that it has not kept while that arrives, in the background, or when it is to run."""
    found = [one for one in traced if one.get("name") == "v8.compileModule" and "PlotlyChart" in str(one["args"])]
    anew = [one for one in found if one["args"]["data"].get("streamed") or one["dur"] > MICROSECONDS_OF_COMPILING]
    return "anew" if anew or not found else "taken as it was kept"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="safe-score-waterfall-") as folder, ExitStack() as stack:
        bench = Bench(Path(folder), 1, stack, lambda _: None)
        pages = {FLOOR: bench.floor.url}
        pages |= {one.name: one.url(bench.dashboard(one.plan)) for one in (OVERVIEW, HISTORY)}
        print(machine())
        for name, url in pages.items():
            tab = chromium.Tab(bench.browser, url)
            tab.warm_up()
            for _ in range(RELOADS):
                tab.reload()
            events, drawn, compiled = watch(tab)
            print(f"\n{name}: all charts drawn after {drawn:.3f} s")
            print("\n".join(f"{at:7.3f}  {what}" for at, what in events))
            print(f"Plotly.js compiled: {compiled}")
            tab.close()


if __name__ == "__main__":
    main()
