"""Program that runs the command line in forks of itself, so that a test does not wait for Python's imports each time.

It reads a line of JSON from stdin for each run: `arguments`, `environment`, `folder`, and the files `stdin`, `stdout`
and `stderr`. When the run has ended, it writes its exit status, as `subprocess` would return it, in a line to stdout.
Start it with `python -P`, since this folder contains modules that are named like those of the standard library.

A run executes `mimecast/__main__.py` as `python -m mimecast` does, in its own process, and ends as that ends. Only the
imports of the libraries are shared. `test_architecture.py` tests what a command imports, in a new interpreter.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
import time
from typing import Any

import mimecast

LIBRARIES = ("pandas", "plotly.graph_objects", "psycopg", "requests", "sqlalchemy.dialects.sqlite", "truststore")
"""What our modules import only when they need it."""


def preload() -> None:
    """Import everything that a command can import. No command imports the pages."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for package in pkgutil.iter_modules(mimecast.__path__, "mimecast."):
        if package.name != "mimecast.ui":
            module = importlib.import_module(package.name)
            if package.ispkg:
                for inner in pkgutil.walk_packages(module.__path__, f"{package.name}."):
                    importlib.import_module(inner.name)
    gc.freeze()


def serve() -> dict[str, Any] | None:
    """Run commands until stdin ends. Returns None then, and in each fork the command that it has to run."""
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            return command
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)
    return None


def become(command: dict[str, Any]) -> None:
    """Give this process the files, the environment, the folder and the arguments of a command."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        file = os.open(command[name], os.O_RDONLY if name == "stdin" else os.O_WRONLY)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0, closefd=False)
    os.environ.clear()
    os.environ.update(command["environment"])
    time.tzset()
    os.chdir(command["folder"])
    sys.argv = ["mimecast", *command["arguments"]]


if __name__ == "__main__":
    preload()
    if command := serve():
        become(command)
        del sys.modules["mimecast.__main__"]
        runpy.run_module("mimecast", run_name="__main__", alter_sys=True)
