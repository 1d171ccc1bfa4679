"""Take the README's picture from the running app on sample data: `python docs/take_pictures.py`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PORT = 8597


def main() -> None:
    """Run the dashboard with sample data and take the pictures."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={PORT}", "--server.headless=true"]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own app
    try:
        wait_until_it_listens()
        with sync_playwright() as playwright:
            flags = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            take_overview(browser.new_page(viewport={"width": 1440, "height": 1130}, color_scheme="light"))
            browser.close()
    finally:
        server.terminate()
        server.wait()


def take_overview(page: Page) -> None:
    """Take the picture of the README."""
    page.goto(f"http://127.0.0.1:{PORT}/")
    page.get_by_role("button", name="Refresh", exact=True).click()
    expect(page.get_by_text("As of just now")).to_be_visible(timeout=30_000)
    expect(page.locator(".js-plotly-plot .main-svg").nth(2)).to_be_visible()
    page.mouse.move(5, 5)
    page.wait_for_timeout(2000)
    page.screenshot(path=ROOT / "docs" / "overview.png")


def wait_until_it_listens() -> None:
    """Wait at most 20 seconds until the dashboard accepts connections."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The dashboard did not start.")


if __name__ == "__main__":
    main()
