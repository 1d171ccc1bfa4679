"""Chromium for the measurements: where it is installed and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, ViewportSize, sync_playwright

EXECUTABLES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: Final[ViewportSize] = {"width": 1440, "height": 900}


def find_chromium() -> str | None:
    """Return the browser's executable: the variable CHROMIUM, or the first one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, EXECUTABLES)), None)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """Start Chromium without a window and close it afterwards.

    Raises SystemExit when Chromium is not installed.
    """
    executable = find_chromium()
    if executable is None:
        raise SystemExit("Chromium was not found. Install it, or set CHROMIUM to its executable.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *sandbox])
        yield browser
        browser.close()
