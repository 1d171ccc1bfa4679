"""Program that runs the command line or dashboards in forks of itself, so that tests do not wait for Python's imports.

Its argument is `commands` or `dashboards`. It reads a line of JSON from stdin for each run: `arguments`, `environment`,
`folder`, and the files `stdin`, `stdout` and `stderr`. For a command, it writes the exit status, as `subprocess` would
return it, in a line to stdout when the run has ended. For a dashboard, it writes the process id when the run begins.
Start it with `python -P`, since this folder contains modules that are named like those of the standard library.

A run executes `mimecast/__main__.py` or `streamlit/__main__.py` as `python -m` does, in its own process, and ends as
that ends. Only the imports of the libraries are shared, and for commands those of our modules. `test_architecture.py`
tests what a command imports, in a new interpreter; the dashboard on sample data has an interpreter of its own as well.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import sys
import time
from typing import Any

COMMANDS = "commands"
DASHBOARDS = "dashboards"

COMMAND_LIBRARIES = (
    "pandas",
    "plotly.graph_objects",
    "psycopg",
    "requests",
    "sqlalchemy.dialects.sqlite",
    "truststore",
)
"""What our modules import only when they need it."""

DASHBOARD_LIBRARIES = (
    *("pandas", "plotly.graph_objects", "requests", "sqlalchemy.dialects.sqlite", "streamlit.web.bootstrap"),
    *("streamlit.web.cli", "streamlit.web.server.starlette", "uvicorn"),
)
"""What a dashboard imports until its first page is drawn. Our modules come from the clone that it runs in."""


def preload_commands() -> None:
    """Import everything that a command can import. No command imports the pages."""
    for name in COMMAND_LIBRARIES:
        importlib.import_module(name)
    mimecast = importlib.import_module("mimecast")
    for package in pkgutil.iter_modules(mimecast.__path__, "mimecast."):
        if package.name != "mimecast.ui":
            module = importlib.import_module(package.name)
            if package.ispkg:
                for inner in pkgutil.walk_packages(module.__path__, f"{package.name}."):
                    importlib.import_module(inner.name)


def preload_dashboards() -> None:
    """Import the libraries of a dashboard."""
    for name in DASHBOARD_LIBRARIES:
        importlib.import_module(name)


def serve(kind: str) -> dict[str, Any] | None:
    """Fork for each line until stdin ends. Returns None then, and in each fork the run that it has to do."""
    for line in sys.stdin:
        run: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            return run
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if kind == COMMANDS else child
        print(status, flush=True)
    return None


def forget_ended(*_: object) -> None:
    """Let the system forget the dashboards that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def become(run: dict[str, Any]) -> None:
    """Give this process the files, the environment, the folder and the arguments of a run."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        file = os.open(run[name], os.O_RDONLY if name == "stdin" else os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0, closefd=False)
    os.environ.clear()
    os.environ.update(run["environment"])
    time.tzset()
    os.chdir(run["folder"])


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind == COMMANDS:
        preload_commands()
    else:
        preload_dashboards()
        signal.signal(signal.SIGCHLD, forget_ended)
    gc.freeze()
    if run := serve(kind):
        become(run)
        if kind == COMMANDS:
            sys.argv = ["mimecast", *run["arguments"]]
            sys.modules.pop("mimecast.__main__")
            runpy.run_module("mimecast", run_name="__main__", alter_sys=True)
        else:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            gc.unfreeze()
            sys.path.insert(0, run["folder"])
            sys.argv = ["streamlit", *run["arguments"]]
            runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
