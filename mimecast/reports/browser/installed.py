"""The browser that is installed: where it is, and how it is run without a window and ended in time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final

from mimecast.problem import Problem

BROWSER_VARIABLE: Final = "BROWSER_PATH"
"""Environment variable with the browser's executable. Kaleido's choreographer documents it."""

COMMANDS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
"""Names of the executables on the search path."""

MACOS_PLACES: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS_FOLDERS: Final = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
WINDOWS_PLACES: Final = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
"""Where the installers put the executables, which are not on the search path there."""

MAX_SECONDS: Final = 60.0
"""How long a browser may take for one file, and how long a file waits for the one before it."""

SECONDS_TO_END: Final = 5.0
"""How long a browser may take to end after a request to close, and after it is killed."""

_ONE_AT_A_TIME: Final = Lock()
"""Held while a browser runs: each takes a processor and a few hundred megabytes of memory."""


class BrowserMissing(Problem):
    """Pictures and PDF files need a browser, and none is installed."""

    title = "No browser is installed"
    remedy = (
        "Install Chromium (Debian: apt install chromium), Google Chrome or Microsoft Edge on the computer that runs "
        "the dashboard, or name the browser's executable in the environment variable BROWSER_PATH."
    )


class BrowserFailed(Problem):
    """The browser did not make the file."""

    title = "The browser did not finish"
    remedy = (
        "Try again. If it keeps failing, see “Pictures and PDF files” in docs/reports.md: a browser that cannot use "
        "its sandbox needs an option."
    )


class BrowserBusy(Problem):
    """The browser is busy with other files."""

    title = "Other reports are being made"
    remedy = "Try again in a minute."


def find_browser() -> Path:
    """Return the browser's executable: the one of BROWSER_PATH, or the first one installed. Raises BrowserMissing."""
    if named := os.environ.get(BROWSER_VARIABLE):
        if executable := shutil.which(named):
            return Path(executable)
        raise BrowserMissing(f"{BROWSER_VARIABLE} is {named}, which is not a program that can be run.")
    for command in (*COMMANDS, *_usual_places()):
        if executable := shutil.which(command):
            return Path(executable)
    raise BrowserMissing("Pictures and PDF files are made by a browser, and no browser was found.")


def has_sandbox() -> bool:
    """Return whether the browser can run in its sandbox, which Chromium refuses to use as root."""
    return not (hasattr(os, "geteuid") and os.geteuid() == 0)


@contextmanager
def one_at_a_time(max_seconds: float = MAX_SECONDS) -> Iterator[None]:
    """Run the block while no other thread of this process runs a browser. Raises BrowserBusy."""
    if not _ONE_AT_A_TIME.acquire(timeout=max_seconds):
        raise BrowserBusy("The browser has been busy with other files for a minute.")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


@contextmanager
def working_folder(browser: Path) -> Iterator[Path]:
    """Return a temporary folder that the browser can read and write, and remove it after the block.

    A browser installed as a snap sees only the home folder, and no hidden files in it.
    """
    place = Path.home() if "snap" in browser.resolve().parts or "snap" in browser.parts else None
    with TemporaryDirectory(prefix="safe-score-", dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def run_browser(browser: Path, arguments: list[str], folder: Path, max_seconds: float = MAX_SECONDS) -> None:
    """Run the browser without a window, and wait until it ends.

    Its profile and settings are in `folder`. It is killed with its own processes when it takes longer than
    `max_seconds`. Raises BrowserFailed.
    """
    command = [
        os.fspath(browser),
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-sync",
        f"--user-data-dir={folder / 'profile'}",
        *([] if has_sandbox() else ["--no-sandbox"]),
        *arguments,
    ]
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own browser
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **_own_group(),
        )
    except OSError as error:
        raise BrowserFailed(f"{browser} cannot be started: {error.strerror}.") from None
    try:
        status = process.wait(max_seconds)
    except subprocess.TimeoutExpired:
        raise BrowserFailed(f"{browser} did not finish within {max_seconds:.0f} seconds.") from None
    finally:
        kill_group(process)
    if status:
        raise BrowserFailed(f"{browser} ended with status {status}.")


def kill_group(process: subprocess.Popen[Any]) -> None:
    """Kill a process that was started as a group of its own, with every process of the group, if it still runs."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - a fixed command
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_END)


def _own_group() -> dict[str, Any]:
    """Return the options that start a process as a group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _usual_places() -> list[str]:
    if sys.platform == "darwin":
        return list(MACOS_PLACES)
    folders = [folder for name in WINDOWS_FOLDERS if (folder := os.environ.get(name))]
    return [os.fspath(Path(folder) / place) for folder in folders for place in WINDOWS_PLACES]
