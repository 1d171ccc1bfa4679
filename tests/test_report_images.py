"""Reports as a picture and as a PDF file, made by an installed browser without a window."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import pytest

from mimecast.reports.browser.installed import BrowserBusy, BrowserFailed, BrowserMissing, find_browser, one_at_a_time
from mimecast.reports.browser.pdf import render_pdf
from mimecast.reports.browser.png import KaleidoMissing, render_png
from mimecast.reports.report import Report
from mimecast.store.store import Store
from tests.support.browser import MISSING, NAMES
from tests.support.exhaustive import EXHAUSTIVE, every_nth
from tests.support.processes import CommandLine, assert_failed
from tests.support.reports import demo_report, longest_report, smallest_report
from tests.support.requirements import skip_or_fail
from tests.support.waiting import wait_until

A4_LANDSCAPE = (842, 595)
"""Points."""

Render = Callable[..., bytes]
RENDERERS = pytest.mark.parametrize("render", [render_pdf, pytest.param(render_png, marks=EXHAUSTIVE)])
SUFFIXES = pytest.mark.parametrize("suffix", [".pdf", pytest.param(".png", marks=EXHAUSTIVE)])


@pytest.fixture(autouse=True)
def no_named_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the browser as on a computer where none is named."""
    monkeypatch.delenv("BROWSER_PATH", raising=False)


@pytest.fixture
def with_browser() -> None:
    """Require an installed browser."""
    if not any(map(shutil.which, NAMES)):
        skip_or_fail(MISSING)


@pytest.fixture
def hanging_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a browser that never ends; return the file to which it writes its process id and that of its child."""
    ids = tmp_path / "ids"
    script = tmp_path / "hanging browser"
    script.write_text(f"#!/bin/sh\nsleep 600 &\necho $$ $! >> '{ids}'\nwait\n")
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(script))
    return ids


def pages(content: bytes) -> list[tuple[tuple[int, int], str]]:
    """Return the size in points and the text of each page of a PDF file."""
    document = pypdfium2.PdfDocument(content)
    sizes_and_texts = []
    for page in document:
        width, height = page.get_size()
        sizes_and_texts.append(
            ((round(width), round(height)), " ".join(page.get_textpage().get_text_bounded().split()))
        )
    document.close()
    return sizes_and_texts


def fonts_without_a_file(content: bytes) -> list[str]:
    """Return the names of the fonts that a PDF file uses and does not contain."""
    document = pypdfium2.PdfDocument(content)
    raw = pypdfium2.raw
    missing = []
    for page in document:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
            font = raw.FPDFTextObj_GetFont(item)
            if not raw.FPDFFont_GetIsEmbedded(font):
                missing.append(repr(font))
    document.close()
    return missing


@pytest.mark.usefixtures("with_browser")
@pytest.mark.parametrize("case", every_nth([longest_report, demo_report, smallest_report], 3))
def test_a_picture_is_3200_by_1800(store: Store, case: Callable[[Store], Report]) -> None:
    content = render_png(case(store))
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (3200, 1800)
    assert len(content) > 50_000


@pytest.mark.usefixtures("with_browser")
@pytest.mark.parametrize("case", every_nth([longest_report, demo_report, smallest_report], 3))
def test_a_pdf_is_searchable_on_a4_with_its_fonts_and_a_title(store: Store, case: Callable[[Store], Report]) -> None:
    report = case(store)
    content = render_pdf(report)
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_value("Title") == report.title
    document.close()
    sheets = pages(content)
    assert {size for size, _ in sheets} == {A4_LANDSCAPE}
    text = " ".join(text for _, text in sheets)
    assert f"{report.summary.headline}." in sheets[0][1]
    assert "Share of users at risk (D + F)" in sheets[0][1], "the first page has the trend"
    assert "Sources and definitions" in sheets[-1][1]
    for note in report.annotations.notes:
        assert note.text.split()[0] in text
    assert fonts_without_a_file(content) == []
    assert text.count("Users by SAFE Score grade") == 1


@pytest.mark.usefixtures("with_browser")
@SUFFIXES
def test_the_command_writes_both_in_cron_without_a_display(
    project: Path, store_url: str, tmp_path: Path, suffix: str
) -> None:
    """Cron gives a program a home folder, a short search path and no terminal."""
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "PYTHONPATH": str(project)}
    file = tmp_path / f"report{suffix}"
    command = [sys.executable, "-m", "mimecast", "report", "--quiet", "--out", str(file)]
    run = subprocess.run(
        command,
        env=environment | {"SNAPSHOTS_URL": store_url},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.splitlines()) == 1, "that the numbers are sample data, and nothing of the browser's"
    assert file.read_bytes()[:4] in (b"\x89PNG", b"%PDF")


@SUFFIXES
def test_without_a_browser_the_message_says_what_to_install_and_other_files_are_written(
    command_line: CommandLine, store_url: str, tmp_path: Path, suffix: str
) -> None:
    variables = {"SNAPSHOTS_URL": store_url, "PATH": str(tmp_path)}
    run = command_line("report", "--out", f"r{suffix}", variables=variables)
    assert_failed(run, 1, "no browser was found", "Install Chromium (Debian: apt install chromium)", "BROWSER_PATH")
    assert not (tmp_path / f"r{suffix}").exists()
    assert command_line("report", "--out", "r.html", variables=variables).returncode == 0


def test_a_browser_that_is_named_wrongly_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    with pytest.raises(BrowserMissing, match=r"BROWSER_PATH is .*none, which is not a program"):
        find_browser()


def test_the_named_browser_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    assert find_browser() == Path(sys.executable)


def test_browsers_are_found_where_installers_for_windows_put_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edge = tmp_path / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.write_text("")
    edge.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))
    assert find_browser() == edge


def test_a_picture_without_kaleido_says_how_to_install_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    monkeypatch.setitem(sys.modules, "kaleido", None)
    with pytest.raises(KaleidoMissing, match=r"pip install -r requirements-images.txt"):
        render_png(smallest_report(store))


def is_running(process_id: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@EXHAUSTIVE
@RENDERERS
def test_a_browser_that_hangs_is_killed_with_its_own_processes_and_no_other(
    store: Store, hanging_browser: Path, render: Render
) -> None:
    report = smallest_report(store)
    other = subprocess.Popen(["sleep", "600"])
    try:
        with pytest.raises(BrowserFailed, match="did not finish within 2 seconds"):
            render(report, max_seconds=2)
        started = [int(word) for word in hanging_browser.read_text().split()]
        assert len(started) == 2
        wait_until(lambda: not any(map(is_running, started)))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@EXHAUSTIVE
@pytest.mark.usefixtures("with_browser")
@RENDERERS
def test_a_script_can_add_options_to_the_browser(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, render: Render
) -> None:
    """As README.md says, for a service that does not let the browser use its sandbox."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\ntouch "{tmp_path}/used"\nexec "{find_browser()}" --no-sandbox "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(script))
    assert render(smallest_report(store))
    assert (tmp_path / "used").exists()


@RENDERERS
def test_a_browser_that_crashes_is_reported(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, render: Render
) -> None:
    script = tmp_path / "crashing"
    script.write_text("#!/bin/sh\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(script))
    with pytest.raises(BrowserFailed, match="crashing"):
        render(smallest_report(store))


def test_a_file_that_is_no_program_is_reported(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "browser"
    script.write_bytes(os.urandom(64))
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(script))
    with pytest.raises(BrowserFailed, match="cannot be started"):
        render_pdf(smallest_report(store))


def test_one_browser_runs_at_a_time_and_the_others_do_not_wait_for_ever() -> None:
    with one_at_a_time(), pytest.raises(BrowserBusy, match="busy"), one_at_a_time(0.01):
        raise AssertionError
    with one_at_a_time(0.01):
        pass


@EXHAUSTIVE
@pytest.mark.usefixtures("with_browser")
@RENDERERS
def test_no_file_is_left_behind(store: Store, monkeypatch: pytest.MonkeyPatch, render: Render) -> None:
    """The folder's name is short: Chromium puts sockets in it, whose names have about 100 characters at most."""
    with TemporaryDirectory() as temporary:
        monkeypatch.setenv("TMPDIR", temporary)
        monkeypatch.setattr("tempfile.tempdir", None)
        render(smallest_report(store))
        assert list(Path(temporary).iterdir()) == []
