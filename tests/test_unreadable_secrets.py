"""A fresh server at whose secrets file Streamlit itself fails: a sentence with the remedy instead of a bare 500."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.support.networks import free_port
from tests.support.waiting import wait_until

UTF_16 = "[mimecast]\nname = 'recognisable'\n".encode("utf-16")


@contextmanager
def server(project: Path, folder: Path, secrets: bytes) -> Iterator[tuple[int, Path]]:
    """Run the dashboard with this secrets file; yield its port and the file."""
    clone, port = folder / "clone", free_port()
    shutil.copytree(project, clone)
    file = clone / ".streamlit" / "secrets.toml"
    file.write_bytes(secrets)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    with (folder / "log").open("wb") as log:
        run = subprocess.Popen(command, cwd=clone, stdout=log, stderr=log, env=dict(os.environ))
        try:
            wait_until(lambda: answers(port), seconds=60)
            yield port, file
        finally:
            run.kill()
            run.wait()


def get(port: int, path: str, accept: str = "text/html") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def answers(port: int) -> bool:
    try:
        return bool(get(port, "/_stcore/health", "*/*"))
    except OSError:
        return False


def test_every_page_has_the_reason_until_the_file_is_corrected(project: Path, tmp_path: Path) -> None:
    with server(project, tmp_path, UTF_16) as (port, file):
        for path in ("/", "/history"):
            status, page = get(port, path)
            assert status == 503
            assert f"{file} is UTF-16 instead of UTF-8 text. Save it with the encoding UTF-8." in page
            assert "No page is shown until this is fixed." in page
        assert get(port, "/_stcore/health", "*/*")[0] == 503
        file.write_text("[dashboard]\ntime_zone = 'UTC'\n")
        assert get(port, "/history")[0] == 200
        assert get(port, "/_stcore/health", "*/*") == (200, "ok")
    log = (tmp_path / "log").read_text()
    assert "recognisable" not in log
    assert "Traceback" not in log
