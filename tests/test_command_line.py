"""The command line as a person or cron uses it: real processes, the real sandbox, real files."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation

from mimecast.domain.scheduled_runs import RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.server import Sandbox
from mimecast.store.scheduled_runs import newest_runs
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.processes import CommandLine, assert_failed

HEADER = "account,taken_at,a,b,c,d,f,other"


def test_snapshot_stores_today_and_reports_it(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    done = command_line("snapshot", variables=account_variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("default: 1,204 users graded, 128 at risk (10.6%), stored, taken at ")
    assert command_line("snapshot", variables=account_variables).returncode == 0
    for snapshot in Store.open(store_url).all_snapshots("default"):
        assert snapshot.counts == ScoreCounts(525, 341, 210, 87, 41)


def test_snapshot_reports_one_json_object_a_line_or_nothing(
    command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    (line,) = command_line("snapshot", "--json", variables=account_variables).stdout.splitlines()
    assert json.loads(line)["users_graded"] == 1204
    quiet = command_line("snapshot", "--quiet", variables=account_variables)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_without_an_account_there_is_nothing_to_capture(command_line: CommandLine) -> None:
    done = command_line("snapshot")
    assert_failed(done, 2, "No account is set up", "secrets.toml.example")
    assert done.stdout == ""


def test_wrong_keys_are_explained_with_the_request_id(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    wrong = account_variables | {"MIMECAST_SECRET_KEY": "cmVjb2duaXNhYmxl"}
    done = command_line("snapshot", variables=wrong)
    assert_failed(done, 1, "default: Mimecast answered with status 401", "Check base_url first", "(request id ")
    assert "cmVjb2duaXNhYmxl" not in done.stdout + done.stderr
    (line,) = command_line("snapshot", "--json", variables=wrong).stdout.splitlines()
    assert json.loads(line)["title"] == "Mimecast rejected the credentials"
    assert Store.open(store_url).accounts() == []


def several(sandbox: Sandbox, home: Path) -> None:
    keys = sandbox.keys
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(
        "\n".join(
            f'[mimecast.accounts.{name}]\nbase_url = "{sandbox.base_url}"\naccess_key = "{keys.access_key}"\n'
            f'secret_key = "{secret}"\napp_id = "{keys.app_id}"\napp_key = "{keys.app_key}"\n'
            for name, secret in (("bad", "YmFk"), ("good", keys.secret_key))
        )
    )


def test_a_bad_account_does_not_keep_the_others_from_being_stored(
    command_line: CommandLine, sandbox: Sandbox, home: Path, store_url: str
) -> None:
    several(sandbox, home)
    store = {"SNAPSHOTS_URL": store_url}
    done = command_line("snapshot", variables=store)
    assert_failed(done, 1, "bad: Mimecast answered with status 401")
    assert done.stdout.startswith("good: 1,204 users graded")
    assert Store.open(store_url).accounts() == ["good"]
    assert command_line("snapshot", "--account", "good", variables=store).returncode == 0
    assert_failed(command_line("snapshot", "--account", "ugly", variables=store), 2, "no account 'ugly'", "bad, good")


def test_one_account_with_faulty_settings_does_not_stop_the_others(
    command_line: CommandLine, sandbox: Sandbox, home: Path, store_url: str
) -> None:
    several(sandbox, home)
    file = home / ".streamlit" / "secrets.toml"
    file.write_text(file.read_text().replace("YmFk", "recognisable!"))
    variables = {"SNAPSHOTS_URL": store_url}
    done = command_line("snapshot", variables=variables)
    assert_failed(done, 1, "bad: secret_key in [mimecast.accounts.bad] is not base64. Copy the complete secret key")
    assert done.stdout.startswith("good: 1,204 users graded")
    assert "recognisable" not in done.stdout + done.stderr
    store = Store.open(store_url)
    assert store.accounts() == ["good"]
    (run,) = newest_runs(store, "bad")
    assert (run.outcome, run.message) == (RunOutcome.FAILED, "secret_key in [mimecast.accounts.bad] is not base64.")
    assert command_line("snapshot", "--account", "good", variables=variables).returncode == 0
    assert_failed(command_line("snapshot", "--account", "bad", variables=variables), 2, "is not base64")
    checked = command_line("check", "--json", variables=variables)
    assert checked.returncode == 1
    failed = [row for row in map(json.loads, checked.stdout.splitlines()) if row["state"] == "failed"]
    assert [(row["account"], row["step"]) for row in failed] == [("bad", "Settings")]
    assert command_line("check", "--account", "bad", variables=variables).returncode == 2


def test_a_faulty_setting_that_a_capture_does_not_need_is_a_warning(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, tmp_path: Path
) -> None:
    (home / ".streamlit").mkdir()
    file = home / ".streamlit" / "secrets.toml"
    file.write_text(
        '[dashboard]\npptx_template = "recognisable.pptx"\nallowed_domains = ["straße.de"]\ntime_zone = "Mars"\n'
    )
    file.chmod(0o600)
    for arguments in (["snapshot"], ["backup", "backup.db"], ["export"]):
        done = command_line(*arguments, variables=account_variables)
        assert (done.returncode, len(done.stderr.splitlines())) == (0, 3)
        assert "time_zone in [dashboard] is not the name of a time zone." in done.stderr
        assert "which does not exist" in done.stderr
    assert_failed(command_line("report", "--out", "r.html", variables=account_variables), 2, "time_zone in [dashboard]")
    file.write_text('[dashboard]\npptx_template = "none.pptx"\n')
    assert_failed(command_line("report", "--out", "r.pptx", variables=account_variables), 2, "pptx_template")
    assert command_line("report", "--out", "r.html", variables=account_variables).returncode == 0
    file.write_text("[connection.snapshots]\nurl = 'sqlite:///elsewhere.db'\n")
    del account_variables["SNAPSHOTS_URL"]
    assert_failed(command_line("snapshot", variables=account_variables), 2, "Did you mean [connections.snapshots]?")


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2009-12-31", "0206-01-16", "2026-13-01", "soon"])
def test_a_date_on_which_no_snapshot_can_have_been_taken_is_refused(
    command_line: CommandLine, account_variables: dict[str, str], option: str, day: str
) -> None:
    done = command_line("report", "--out", "r.html", option, day, variables=account_variables)
    assert_failed(done, 2, f"argument {option}: '{day}' is not ")


def test_the_last_and_the_first_plausible_day_are_accepted(
    command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    assert command_line("snapshot", variables=account_variables).returncode == 0
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=1))
    dates = ("--since", "2010-01-01", "--until", tomorrow)
    assert command_line("report", "--out", "r.html", *dates, variables=account_variables).returncode == 0


def test_settings_that_are_wrong_end_with_2(command_line: CommandLine, home: Path) -> None:
    (home / ".streamlit").mkdir()
    file = home / ".streamlit" / "secrets.toml"
    file.write_text("[mimecast]\nacces_key = 'x'\n")
    assert_failed(command_line("snapshot"), 2, "unknown key 'acces_key'. Did you mean access_key?")
    file.write_text("[mimecast\n")
    assert_failed(command_line("export"), 2, str(file), "is not valid TOML")


def fill(store_url: str) -> list[Snapshot]:
    snapshots = [Snapshot("default", NOW.replace(day=day), ScoreCounts(day, 4, 3, 2, 1)) for day in (1, 2, 3)]
    Store.open(store_url).add(reversed(snapshots))
    return snapshots


def test_export_and_import_move_a_history(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    snapshots = fill(store_url)
    shown = command_line("export", variables=account_variables)
    assert shown.stdout.splitlines() == [
        HEADER,
        *(f"default,2026-11-0{day}T12:50:11Z,{day},4,3,2,1,0" for day in (1, 2, 3)),
    ]
    for name, form in (("out.csv", []), ("out.json", []), ("out.txt", ["--format", "json"])):
        done = command_line("export", "--out", name, *form, variables=account_variables)
        assert done.stdout == f"3 snapshots written to {name}.\n"
        elsewhere = account_variables | {"SNAPSHOTS_URL": f"sqlite:///{tmp_path / name}.db"}
        done = command_line("import", name, variables=elsewhere)
        assert (done.returncode, done.stdout) == (0, "3 snapshots added, 0 already there.\n")
        assert command_line("import", name, variables=elsewhere).stdout == "0 snapshots added, 3 already there.\n"
        stored = list(Store.open(elsewhere["SNAPSHOTS_URL"]).all_snapshots("default"))
        assert [(snapshot.taken_at, snapshot.counts) for snapshot in stored] == [
            (snapshot.taken_at, snapshot.counts) for snapshot in snapshots
        ]


def test_import_can_put_a_file_under_another_account_and_reads_stdin(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    text = f"{HEADER}\nold-name,2026-01-01T00:00:00Z,1,2,3,4,5,0\n"
    refused = command_line("import", "-", variables=account_variables, text=text)
    assert_failed(refused, 2, "holds snapshots of old-name", "--account default", "Nothing was imported")
    assert Store.open(store_url).accounts() == []
    done = command_line("import", "-", "--account", "default", "--json", variables=account_variables, text=text)
    assert json.loads(done.stdout) == {"file": "-", "added": 1, "already_there": 0, "different": 0}
    assert Store.open(store_url).accounts() == ["default"]


def test_import_keeps_what_is_stored_when_the_file_says_otherwise(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    snapshots = fill(store_url)
    text = f"{HEADER}\ndefault,2026-11-01T12:50:11Z,99,4,3,2,1,0\n"
    done = command_line("import", "-", variables=account_variables, text=text)
    assert done.stdout == "0 snapshots added, 1 already there.\n"
    assert "1 snapshot in the file has different counts" in done.stderr
    assert list(Store.open(store_url).all_snapshots("default")) == snapshots


def test_a_file_that_cannot_be_imported_stores_nothing(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    assert_failed(command_line("import", "none.csv", variables=account_variables), 2, "none.csv cannot be read")
    file = tmp_path / "half.csv"
    file.write_text(f"{HEADER}\ndefault,2026-11-01T12:50:11Z,9,4,3,2,1,0\ndefault,yesterday,9,4,3,2,1,0\n")
    assert_failed(command_line("import", "half.csv", variables=account_variables), 1, "Row 3, column taken_at")
    assert Store.open(store_url).accounts() == []
    assert_failed(command_line("import", "half.csv"), 2, "No account is set up")


def test_an_export_that_cannot_be_written_reports_it(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str
) -> None:
    fill(store_url)
    done = command_line("export", "--out", "none/out.csv", variables=account_variables)
    assert_failed(done, 1, "none/out.csv cannot be written", "--out")
    assert_failed(command_line("export", "--account", "ugly", variables=account_variables), 2, "no account 'ugly'")


def test_export_with_nothing_set_up_gives_sample_data_and_reports_it(command_line: CommandLine, store_url: str) -> None:
    done = command_line("export", variables={"SNAPSHOTS_URL": store_url})
    assert done.returncode == 0
    assert "SAMPLE DATA" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == HEADER
    assert len(lines) >= 715
    assert all(line.startswith("sample,") for line in lines[1:])
    assert not Path(store_url.removeprefix("sqlite:///")).exists()


def test_export_writes_a_workbook_and_not_to_the_terminal(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    snapshots = fill(store_url)
    for name, form in (("out.xlsx", []), ("out.bin", ["--format", "xlsx"])):
        done = command_line("export", "--out", name, *form, variables=account_variables)
        assert (done.returncode, done.stdout) == (0, f"3 snapshots written to {name}.\n")
        sheet = openpyxl.load_workbook(io.BytesIO((tmp_path / name).read_bytes()))["Snapshots"]
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0] == tuple(HEADER.split(","))
        assert [row[1] for row in rows[1:]] == [snapshot.taken_at.replace(tzinfo=None) for snapshot in snapshots]
    assert_failed(command_line("export", "--format", "xlsx", variables=account_variables), 2, "Name a file with --out")


def fill_until_today(store_url: str, account: str = "default") -> None:
    now = datetime.now(UTC)
    Store.open(store_url).add(
        Snapshot(account, now - timedelta(days=ago), ScoreCounts(100 + ago, 40, 30, 20, 10)) for ago in range(100)
    )


def test_report_writes_each_kind_of_file_and_says_what_is_in_it(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    fill_until_today(store_url)
    for name, begins in (("r.pptx", b"PK"), ("r.XLSX", b"PK"), ("r.html", b"<!DOCTYPE html>")):
        done = command_line("report", "--out", name, variables=account_variables)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("15.0% of users are at risk, up from 10.0% on ")
        assert done.stdout.endswith(f"Written to {name}.\n")
        assert (tmp_path / name).read_bytes().startswith(begins)
    deck = Presentation(str(tmp_path / "r.pptx"))
    assert deck.slides[0].shapes.title.text.startswith("15.0% of users are at risk, up from 10.0% on ")


def test_report_takes_a_range_and_reports_as_json(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    fill_until_today(store_url)
    today = datetime.now(UTC).date()
    since, until = str(today - timedelta(days=50)), str(today - timedelta(days=10))
    options = ["--out", "r.xlsx", "--since", since, "--until", until]
    done = command_line("report", *options, "--json", variables=account_variables)
    report = json.loads(done.stdout)
    assert (report["file"], report["account"], report["since"], report["until"]) == ("r.xlsx", "default", since, until)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Daily values"]
    assert sheet.max_row == 42
    quiet = command_line("report", *options, "--quiet", variables=account_variables)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_report_with_nothing_set_up_is_of_sample_data_and_reports_it(
    command_line: CommandLine, store_url: str, tmp_path: Path
) -> None:
    done = command_line("report", "--out", "r.xlsx", variables={"SNAPSHOTS_URL": store_url})
    assert done.returncode == 0
    assert "SAMPLE DATA" in done.stderr
    assert "SAMPLE DATA" in done.stdout
    assert "SAMPLE DATA" in str(openpyxl.load_workbook(tmp_path / "r.xlsx")["Report"]["A3"].value)


def test_report_says_what_it_lacks(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    nothing = command_line("report", "--out", "r.pptx", variables=account_variables)
    assert_failed(nothing, 1, "No snapshot of default was taken", "python -m mimecast snapshot")
    assert list(tmp_path.glob("*.pptx")) == []
    fill_until_today(store_url)
    for options, status, message in (
        (["--out", "r.odp"], 2, "The format of r.odp is unknown"),
        (["--out", "r.pptx", "--since", "yesterday"], 2, "is not a date"),
        (["--out", "r.pptx", "--since", "2026-02-01", "--until", "2026-01-01"], 2, "before it begins"),
        (["--out", "r.pptx", "--account", "ugly"], 2, "no account 'ugly'"),
        (["--out", "none/r.pptx"], 1, "none/r.pptx cannot be written"),
    ):
        assert_failed(command_line("report", *options, variables=account_variables), status, message)
    fill_until_today(store_url, "other")
    several = command_line("report", "--out", "r.xlsx", variables=account_variables)
    assert_failed(several, 2, "several accounts: default, other", "--account")
    chosen = command_line("report", "--out", "r.xlsx", "--account", "other", variables=account_variables)
    assert chosen.returncode == 0


def test_report_uses_the_template_of_the_settings(
    command_line: CommandLine, home: Path, account_variables: dict[str, str], store_url: str, tmp_path: Path
) -> None:
    fill_until_today(store_url)
    deck = Presentation()
    deck.slide_master.name = "Contoso master"
    deck.save(str(tmp_path / "template.pptx"))
    (home / ".streamlit").mkdir()
    file = home / ".streamlit" / "secrets.toml"
    file.write_text(f'[dashboard]\npptx_template = "{tmp_path / "template.pptx"}"\n')
    assert command_line("report", "--out", "r.pptx", variables=account_variables).returncode == 0
    assert Presentation(str(tmp_path / "r.pptx")).slide_master.name == "Contoso master"
    file.write_text('[dashboard]\npptx_template = "none.pptx"\n')
    assert_failed(
        command_line("report", "--out", "r.pptx", variables=account_variables), 2, "none.pptx, which does not exist"
    )


def test_a_reader_that_stops_early_makes_no_noise(
    project: Path, account_variables: dict[str, str], store_url: str
) -> None:
    start = NOW.replace(year=2020)
    Store.open(store_url).add(
        Snapshot("default", start.replace(year=2010 + n // 300, month=1 + n % 12, day=1 + n // 12 % 25), ScoreCounts(n))
        for n in range(4000)
    )
    environment = {**os.environ, **account_variables, "PYTHONPATH": str(project)}
    command = f"'{sys.executable}' -m mimecast export | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == f"{HEADER}\n"
    assert done.stderr == ""


def test_a_store_that_cannot_be_used_ends_with_1(
    command_line: CommandLine, account_variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "letter.db").write_text("Dear all " * 200)
    broken = account_variables | {"SNAPSHOTS_URL": f"sqlite:///{tmp_path / 'letter.db'}"}
    for verb in (["snapshot"], ["export"]):
        assert_failed(command_line(*verb, variables=broken), 1, "is not a SQLite database")


@pytest.mark.parametrize(
    "arguments",
    [[], ["launch"], ["snapshot", "--now"], ["export", "--format", "pdf"], ["sandbox", "--port", "http"],
     ["sandbox", "--port", "70000"], ["sandbox", "--latency", "-1"], ["import"],
     ["backup"], ["restore", "--force"], ["rename", "default"], ["report"]],
)  # fmt: skip
def test_wrong_usage_ends_with_2(command_line: CommandLine, arguments: list[str]) -> None:
    assert_failed(command_line(*arguments), 2, "usage: python -m mimecast")


def heeds_ctrl_c() -> None:
    """Handle Ctrl+C, which a shell that runs the tests in the background makes them ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def ended_at_last(server: subprocess.Popen[str]) -> Iterator[None]:
    """End every process that a test has started."""
    try:
        yield
    finally:
        server.kill()


@pytest.mark.parametrize("how", [signal.SIGINT])
def test_the_sandbox_prints_settings_to_paste_and_ends_quietly(
    project: Path, command_line: CommandLine, home: Path, store_url: str, how: signal.Signals
) -> None:
    command = [sys.executable, "-m", "mimecast", "sandbox", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=heeds_ctrl_c
        ) as server,
        ended_at_last(server),
    ):
        assert server.stdout is not None
        assert server.stderr is not None
        block = ""
        while "app_key" not in block:
            block += server.stdout.readline()
        assert tomllib.loads(block)["mimecast"]["base_url"].startswith("http://127.0.0.1:")
        (home / ".streamlit").mkdir()
        (home / ".streamlit" / "secrets.toml").write_text(block)
        done = command_line("snapshot", variables={"SNAPSHOTS_URL": store_url})
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip().endswith("These numbers are made up: the sandbox answered.")
        (snapshot,) = Store.open(store_url).all_snapshots("default")
        assert snapshot.source is Source.SANDBOX

        port = tomllib.loads(block)["mimecast"]["base_url"].rpartition(":")[2]
        assert_failed(command_line("sandbox", "--port", port), 1, f"Port {port} on 127.0.0.1 cannot be used", "--port")

        server.send_signal(how)
        assert server.wait(timeout=60) == 0
        log = server.stderr.read()
    assert log == "POST /api/awareness-training/company/get-safe-score-summary 200\n"
