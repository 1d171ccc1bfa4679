"""Files and streams of the command line: full disks, devices, and consoles with any encoding."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.store.store import Store
from tests.support.exhaustive import CROSSED, every_nth
from tests.support.processes import CommandLine, assert_failed

NAME = "Kraków ŁÓDŹ – 日本"
FULL_DISK = Path("/dev/full")

COMMANDS_WITH_OUTPUT = [
    ["export"],
    ["export", "--format", "json"],
    ["report", "--out", "r.xlsx"],
    ["schedule"],
    ["check"],
]

NEEDS_FULL_DISK = pytest.mark.skipif(not FULL_DISK.exists(), reason="there is no /dev/full, which is always full")


@pytest.fixture
def variables(account_variables: dict[str, str], store_url: str) -> dict[str, str]:
    """Return the variables of an account with a hundred days of history, the last one just now."""
    now = datetime.now(UTC)
    Store.open(store_url).add(
        Snapshot("default", now - timedelta(days=ago), ScoreCounts(100 + ago, 40, 30, 20, 10)) for ago in range(100)
    )
    return account_variables | {"MIMECAST_NAME": NAME}


def run_into(
    arguments: list[str], variables: dict[str, str], project: Path, folder: Path, *, everything: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command whose stdout, or stdout and stderr, go to a full disk."""
    environment = {**os.environ, **variables, "PYTHONPATH": str(project)}
    command = [sys.executable, "-m", "mimecast", *arguments]
    with FULL_DISK.open("w") as disk:
        errors = disk if everything else subprocess.PIPE
        return subprocess.run(
            command, stdout=disk, stderr=errors, text=True, env=environment, cwd=folder, timeout=60, check=False
        )


@NEEDS_FULL_DISK
@pytest.mark.parametrize(
    "arguments",
    COMMANDS_WITH_OUTPUT,
    ids=" ".join,
)
def test_output_to_a_full_disk_ends_in_a_sentence(
    variables: dict[str, str], project: Path, tmp_path: Path, arguments: list[str]
) -> None:
    run = run_into(arguments, variables, project, tmp_path)
    assert_failed(run, 1, "The output cannot be written or read: No space left on device.", "free space")


@NEEDS_FULL_DISK
@pytest.mark.parametrize("arguments", every_nth(COMMANDS_WITH_OUTPUT, 5), ids=" ".join)
def test_output_and_messages_to_a_full_disk_end_in_failure(
    variables: dict[str, str], project: Path, tmp_path: Path, arguments: list[str]
) -> None:
    assert run_into(arguments, variables, project, tmp_path, everything=True).returncode == 1


@NEEDS_FULL_DISK
@pytest.mark.parametrize("arguments", [["export"], ["export", "--format", "xlsx"]], ids=" ".join)
def test_a_file_on_a_full_disk_is_not_written_and_reports_it(
    command_line: CommandLine, variables: dict[str, str], arguments: list[str]
) -> None:
    run = command_line(*arguments, "--out", str(FULL_DISK), variables=variables)
    assert_failed(run, 1, "/dev/full cannot be written: No space left on device.", "Free some space")
    assert FULL_DISK.is_char_device()


def test_a_device_is_written_and_stays_a_device(
    command_line: CommandLine, variables: dict[str, str], tmp_path: Path
) -> None:
    device = Path("/dev/stdout")
    if not device.exists():
        pytest.skip("there is no /dev/stdout")
    run = command_line("export", "--quiet", "--out", str(device), variables=variables, output_encoding="utf-8")
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 101
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE) as reader:
        assert command_line("export", "--out", str(tmp_path / "pipe"), variables=variables).returncode == 0
        content, _ = reader.communicate()
    assert len(content.splitlines()) == 101
    assert (tmp_path / "pipe").is_fifo()


@CROSSED
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
@pytest.mark.parametrize(
    "arguments",
    [["report", "--out", "ŁÓDŹ.xlsx"], ["check"], ["snapshot"], ["export", "--account", "Łódź"], ["-h"]],
    ids=["report", "check", "snapshot", "export", "help"],
)
def test_commands_print_any_text_to_any_console(
    command_line: CommandLine, variables: dict[str, str], encoding: str, arguments: list[str]
) -> None:
    """Text that the console cannot show is escaped; our own minus, dot and quotation marks become ASCII."""
    environment = variables | {"PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"}
    run = command_line(*arguments, variables=environment, output_encoding=encoding)
    assert "Traceback" not in run.stderr
    assert run.returncode == (2 if "export" in arguments else 0)
    if "report" in arguments:
        shown = NAME.encode(encoding, "backslashreplace").decode(encoding)
        shown = shown if encoding == "utf-8" else shown.replace("\\u2013", "-")
        assert shown in run.stdout
        assert "\\u00b7" not in run.stdout
        assert "\\u2212" not in run.stdout


@CROSSED
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_data_on_stdout_is_utf_8_on_every_console(
    command_line: CommandLine, variables: dict[str, str], encoding: str
) -> None:
    run = command_line("export", variables=variables | {"PYTHONIOENCODING": encoding})
    assert run.stdout.splitlines()[0] == "account,taken_at,a,b,c,d,f,other"


def test_an_account_name_that_is_not_valid_text_stops_no_report(
    command_line: CommandLine, variables: dict[str, str], tmp_path: Path
) -> None:
    """A byte that is not UTF-8 reaches Python as half of a surrogate pair."""
    name = os.fsdecode(b"Contoso \xff")
    for suffix in ("xlsx", "pptx", "html"):
        run = command_line("report", "--out", f"r.{suffix}", variables=variables | {"MIMECAST_NAME": name})
        assert (run.returncode, run.stderr) == (0, "")
    assert str(openpyxl.load_workbook(tmp_path / "r.xlsx")["Report"]["A3"].value).startswith("Contoso · ")


@pytest.mark.parametrize(
    ("option", "day"), [("--until", "9999-12-31"), ("--since", "0206-01-16"), ("--until", "2009-12-31")]
)
def test_a_report_of_days_that_cannot_be_is_refused(
    command_line: CommandLine, variables: dict[str, str], option: str, day: str
) -> None:
    run = command_line("report", "--out", "r.xlsx", option, day, variables=variables)
    assert_failed(run, 2, f"argument {option}: '{day}' is not between 2010-01-01 and ")


def test_an_export_warns_of_snapshots_that_no_import_accepts(
    command_line: CommandLine, variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    typo = datetime(206, 1, 16, 3, tzinfo=UTC)
    Store.open(store_url).add([Snapshot("default", typo, ScoreCounts(1))])
    for arguments in (["--out", "x.csv"], ["--out", "x.xlsx"]):
        run = command_line("export", *arguments, variables=variables)
        assert run.returncode == 0
        assert "An import would refuse 1 snapshot dated before 1 Jan 2010 or after tomorrow" in run.stderr
        assert "python -m mimecast remove 0206-01-16T03:00:00Z --account default" in run.stderr
    assert "\ndefault,0206-01-16T03:00:00Z,1," in (tmp_path / "x.csv").read_text()
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Snapshots"]
    assert sheet["B2"].value == "0206-01-16T03:00:00Z"
