"""What a page costs the server: time of a script run, and memory per session."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from bench.harness.results import Result, compare
from bench.harness.servers import Server, copy_floor, run_streamlit
from bench.harness.streamlit_client import Session, open_session
from bench.harness.workspace import FLOOR, Timer, Workspace
from bench.measurements.pages import COMPARED_ONLY, OVERVIEW, PAGES
from mimecast.formatting import pluralize

SESSION_COUNTS: Final = (1, 50)

MAX_MEMORY_RATIOS: Final = {50: 2.0}
"""By the number of sessions."""


def measure_script_runs(workspace: Workspace) -> list[Result]:
    """Measure runs of a page's script, requested by a client that draws nothing."""
    pages: dict[str, tuple[Server, str, str]] = {FLOOR: (workspace.floor, "", "")}
    pages |= {page.name: (workspace.dashboard(page.plan), page.path, page.query) for page in PAGES}
    first_runs: dict[str, float] = {}
    with ExitStack() as stack:
        timers: dict[str, Timer] = {}
        for name, (server, path, query) in pages.items():
            session = stack.enter_context(open_session(server.url))
            first_runs[name] = session.open(path, query).seconds
            timers[name] = partial(_run_script, session, path, query)
        seconds = workspace.measure_in_turn(timers)
    section = "Script run on the server"
    results = []
    for name, values in seconds.items():
        results += [
            compare(
                section,
                name,
                "s",
                values,
                reference=FLOOR,
                reference_values=seconds[FLOOR],
                detail=name in COMPARED_ONLY,
            ),
            Result(section, f"{name}: first run of the session", "s", (first_runs[name],), detail=True),
        ]
    return results


def _run_script(session: Session, path: str, query: str) -> float:
    return session.open(path, query).seconds


def measure_memory(workspace: Workspace) -> list[Result]:
    """Measure the resident size of a fresh server while sessions are open, each of which has run the page twice."""
    floor_mib = _resident_mib(copy_floor(workspace.folder / "memory-floor"))
    overview_mib = _resident_mib(workspace.copy_dashboard(OVERVIEW.plan, "memory-dashboard"))
    return [
        compare(
            "Resident memory of the server",
            f"{OVERVIEW.name}, {pluralize(count, 'session')}",
            "MiB",
            [overview_mib[count]],
            reference=FLOOR,
            reference_values=[floor_mib[count]],
            max_ratio=MAX_MEMORY_RATIOS.get(count),
        )
        for count in SESSION_COUNTS
    ]


def _resident_mib(folder: Path) -> dict[int, float]:
    """Return the server's resident size in MiB by the number of open sessions."""
    sizes: dict[int, float] = {}
    with run_streamlit(folder) as server, ExitStack() as stack:
        opened = 0
        for count in SESSION_COUNTS:
            for _ in range(count - opened):
                session = stack.enter_context(open_session(server.url))
                session.open()
                session.open()
            opened = count
            sizes[count] = server.resident_mib
    return sizes
