"""What happens once, when the server starts."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.support.server import RunApp
from tests.support.waiting import wait_until


def test_starting_it_at_a_desk_opens_the_browser_on_it(run_app: RunApp, tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    with run_app({"BROWSER": f"{browser} %s"}, options=["--server.headless=false"]) as url:
        wait_until(opened.exists)
        wait_until(lambda: opened.read_text() == f"{url}/\n")
