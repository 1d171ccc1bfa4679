"""Take the pictures of the README and the guides from the running app: `python docs/take_pictures.py`."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mimecast.sandbox.sample_data import SAMPLE_ACCOUNT, open_sample_store  # noqa: E402 - needs the line above
from mimecast.store.annotations.notes import delete_note, load_notes, write_note  # noqa: E402
from mimecast.store.annotations.targets import clear_target, set_target  # noqa: E402
from mimecast.store.store import Store  # noqa: E402

PORT: Final = 8597
AUTHOR: Final = "pictures"

PICTURES: Final = {
    "overview": ("", 1130),
    "history": ("history", 900),
    "people": ("people", 1130),
    "campaigns": ("campaigns", 900),
    "report": ("report", 900),
    "setup": ("connection", 900),
}
"""The page and the height of each picture, in pixels, by the name of its file."""


def main() -> None:
    """Run the dashboard with sample data, a target and notes, and take the pictures."""
    today = datetime.now(UTC).date()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={PORT}", "--server.headless=true"]
    with annotated(open_sample_store(today), today):
        server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own app
        try:
            wait_until_it_listens()
            with sync_playwright() as playwright:
                flags = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
                for name, (page, height) in PICTURES.items():
                    take(browser, name, page, height)
                browser.close()
        finally:
            server.terminate()
            server.wait()


@contextmanager
def annotated(store: Store, today: date) -> Iterator[None]:
    """Give the sample data a target and two notes as long as the context lasts."""
    now = datetime.now(UTC)
    notes = {
        today - timedelta(days=298): "Acquired Fabrikam: +90 users",
        today - timedelta(days=71): "Training in all departments",
    }
    try:
        for day, text in notes.items():
            write_note(store, SAMPLE_ACCOUNT, day, text, author=AUTHOR, now=now, today=today)
        by = today + timedelta(days=150)
        set_target(store, SAMPLE_ACCOUNT, 8.0, by, author=AUTHOR, now=now, today=today)
        yield
    finally:
        for note in load_notes(store, SAMPLE_ACCOUNT):
            if note.author == AUTHOR:
                delete_note(store, note)
        clear_target(store, SAMPLE_ACCOUNT, author=AUTHOR, now=now)


def take(browser: Browser, name: str, path: str, height: int) -> None:
    """Take the picture of a page once all of it is drawn."""
    page = browser.new_page(viewport={"width": 1440, "height": height}, color_scheme="light")
    page.goto(f"http://127.0.0.1:{PORT}/{path}")
    if name == "overview":
        page.get_by_role("button", name="Refresh", exact=True).click()
    expect(page.get_by_role("button", name="Refresh", exact=True)).to_be_enabled(timeout=60_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    expect(page.get_by_text(re.compile("Taken (just now|1 minute ago)"))).to_be_visible(timeout=60_000)
    if name != "setup":
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    page.mouse.move(5, 5)
    page.wait_for_timeout(2500)
    page.screenshot(path=ROOT / "docs" / f"{name}.png")
    page.close()


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
