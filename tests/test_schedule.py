"""What `schedule` prints is understood by cron, systemd and Windows, for any name of the folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

from mimecast.capture.scheduler_templates import (
    Installation,
    Scheduler,
    ScheduleUnsupported,
    default_scheduler,
    make_snippet,
    parse_interval,
)
from mimecast.settings.project import PROJECT
from tests.support.processes import CommandLine

PLAIN = Installation("/opt/safe-score/.venv/bin/python", "/opt/safe-score")
WINDOWS = Installation(r"C:\Users\R&D (Ann)\.venv\Scripts\python.exe", r"C:\Users\R&D (Ann)\safe score")
ODD = "we ird %n'q\"d\\e$HOME &;#é"
"""A folder's name with everything that someone's quoting trips over."""

FIELD = r"(\*|\d{1,2})(/\d{1,2})?"


def cron_reads(line: str) -> tuple[list[str], str]:
    """Return the fields and the command of a crontab line as crontab(5) says: the command ends at the first bare %."""
    match = re.fullmatch(rf"((?:{FIELD} ){{5}})(\S.*)", line)
    assert match, line
    fields = match[1].split()
    for field, (low, high) in zip(fields, [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)], strict=True):
        start, _, step = field.partition("/")
        assert start == "*" or low <= int(start) <= high
        assert not step or (start == "*" and high + 1 - low >= int(step) and (high + 1 - low) % int(step) == 0)
    command = line[len(match[1]) :]
    assert not re.search(r"(?<!\\)%", command)
    return fields, command.replace(r"\%", "%")


@pytest.fixture
def odd_place(tmp_path: Path) -> Installation:
    """A checkout and an interpreter that writes down how it was started."""
    project = tmp_path / ODD
    project.mkdir()
    python = project / "python"
    python.write_text('#!/bin/sh\nexec > "$(dirname "$0")/started"\npwd -P\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    return Installation(str(python), str(project))


@pytest.mark.parametrize(
    ("every", "fields"),
    [
        ("1m", "* * * * *"),
        ("30m", "*/30 * * * *"),
        ("60m", "0 * * * *"),
        ("6h", "0 */6 * * *"),
        ("24h", "20 4 * * *"),
        ("1d", "20 4 * * *"),
        ("7d", "20 4 * * 1"),
        ("1w", "20 4 * * 1"),
    ],
)
def test_cron_gets_a_line_of_five_fields(every: str, fields: str) -> None:
    snippet = make_snippet(Scheduler.CRON, parse_interval(every), PLAIN)
    time_fields, command = cron_reads(snippet.line)
    assert " ".join(time_fields) == fields
    assert command == "cd /opt/safe-score && /opt/safe-score/.venv/bin/python -m mimecast snapshot --quiet"
    assert snippet.paste.splitlines() == ["# Add this line with: crontab -e", snippet.line]


@pytest.mark.parametrize("every", ["7m", "45m", "90m", "5h", "36h", "2d", "30d"])
def test_what_cron_cannot_do_is_refused(every: str) -> None:
    with pytest.raises(
        ScheduleUnsupported, match=r"cron cannot start something every \d+ \w+\. It can do so every 1, 2, 3"
    ):
        make_snippet(Scheduler.CRON, parse_interval(every), PLAIN)


def test_the_shell_that_cron_starts_finds_folder_and_interpreter(odd_place: Installation) -> None:
    _, command = cron_reads(make_snippet(Scheduler.CRON, timedelta(days=1), odd_place).line)
    subprocess.run(["/bin/sh", "-c", command], check=True, cwd="/", env={}, timeout=60)
    started = Path(odd_place.project, "started").read_text().splitlines()
    assert started == [str(Path(odd_place.project).resolve()), "-m", "mimecast", "snapshot", "--quiet"]


@pytest.mark.parametrize(
    ("every", "times"),
    [
        ("15m", "OnCalendar=*-*-* *:00/15:00\nPersistent=true\nRandomizedDelaySec=90"),
        ("6h", "OnCalendar=*-*-* 00/6:00:00\nPersistent=true\nRandomizedDelaySec=300"),
        ("24h", "OnCalendar=*-*-* 04:20:00\nPersistent=true\nRandomizedDelaySec=300"),
        ("7d", "OnCalendar=Mon *-*-* 04:20:00\nPersistent=true\nRandomizedDelaySec=300"),
        ("5h", "OnActiveSec=1min\nOnUnitActiveSec=300min\nRandomizedDelaySec=300"),
        ("36h", "OnActiveSec=1min\nOnUnitActiveSec=2160min\nRandomizedDelaySec=300"),
    ],
)
def test_systemd_gets_a_service_and_a_timer_for_any_interval(every: str, times: str) -> None:
    snippet = make_snippet(Scheduler.SYSTEMD, parse_interval(every), PLAIN)
    assert list(snippet.units) == [
        "safe-score-snapshot.service",
        "safe-score-snapshot.timer",
        "safe-score-snapshot-failed.service",
    ]
    service, timer, failed = snippet.units.values()
    assert "OnFailure=safe-score-snapshot-failed.service\n" in service
    assert "ExecStart=/bin/echo " in failed
    assert f"[Timer]\n{times}\n" in timer
    assert "WorkingDirectory=/opt/safe-score\n" in service
    assert 'ExecStart="/opt/safe-score/.venv/bin/python" -m mimecast snapshot --quiet\n' in service


def test_pasting_the_units_writes_them_and_starts_the_timer(tmp_path: Path, odd_place: Installation) -> None:
    """Run the instructions in a shell whose `systemctl` and `loginctl` record their arguments."""
    snippet = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), odd_place)
    log = tmp_path / "log"
    for name in ("systemctl", "loginctl"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {log}\n')
        (tmp_path / name).chmod(0o755)
    variables = {"HOME": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-ec", snippet.paste], check=True, env=variables, timeout=60)
    for name, text in snippet.units.items():
        assert (tmp_path / ".config/systemd/user" / name).read_text() == text
    assert log.read_text().splitlines() == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now safe-score-snapshot.timer",
        "loginctl enable-linger",
    ]


def test_paths_are_quoted_as_systemd_reads_them() -> None:
    """By `systemd-analyze verify` where there is one, and by the rules of systemd.syntax(7) everywhere."""
    odd = make_snippet(
        Scheduler.SYSTEMD, timedelta(days=1), Installation('/a/100% "q"\\b$c/python', '/a/100% "q"\\b$c')
    )
    service = odd.units["safe-score-snapshot.service"]
    assert 'ExecStart=/usr/bin/env "/a/100%% \\"q\\"\\\\b$$c/python" -m mimecast snapshot --quiet\n' in service
    assert 'WorkingDirectory=/a/100%% "q"\\b$c\n' in service
    spaced = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), Installation("/a b/100%/python", "/a b/100%"))
    assert 'ExecStart="/a b/100%%/python" -m mimecast' in spaced.units["safe-score-snapshot.service"]


def test_systemd_itself_finds_nothing_to_complain_about(tmp_path: Path, odd_place: Installation) -> None:
    verify = shutil.which("systemd-analyze")
    as_root = replace(odd_place, is_root=True, owner="root", store_folder=odd_place.project)
    cases = [*((every, odd_place) for every in ("10m", "5h", "1d", "7d")), ("1d", as_root)]
    for number, (every, place) in enumerate(cases):
        snippet = make_snippet(Scheduler.SYSTEMD, parse_interval(every), place)
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in snippet.units.items():
            assert re.fullmatch(r"(\[\w+\]\n(\w+=.*\n)+\n?)+", text)
            (folder / name).write_text(text)
        if verify:
            files = [str(folder / name) for name in snippet.units]
            done = subprocess.run([verify, "verify", *files], capture_output=True, text=True, timeout=60, check=False)
            assert (done.returncode, done.stderr) == (0, "")


HARDENING = {
    "CapabilityBoundingSet", "AmbientCapabilities", "LockPersonality", "NoNewPrivileges", "PrivateDevices",
    "PrivateTmp", "ProtectClock", "ProtectControlGroups", "ProtectHome", "ProtectHostname", "ProtectKernelLogs",
    "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc", "ProtectSystem", "ReadWritePaths", "RemoveIPC",
    "RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID",
    "SystemCallArchitectures", "SystemCallErrorNumber", "SystemCallFilter", "UMask",
}  # fmt: skip
"""Names of the settings that restrict a service."""


def hardening_of(unit: str) -> set[str]:
    return {line.partition("=")[0] for line in unit.splitlines()} & HARDENING


def test_the_printed_service_is_as_restricted_as_the_example() -> None:
    example = (PROJECT / "docs" / "examples" / "safe-score-dashboard.service").read_text()
    assert hardening_of(example) == HARDENING
    place = replace(PLAIN, is_root=True, owner="safe-score", store_folder="/opt/safe-score/data")
    service = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), place).units["safe-score-snapshot.service"]
    assert hardening_of(service) == HARDENING
    assert 'ReadWritePaths="/opt/safe-score/data"\n' in service


def test_a_users_own_service_has_the_restrictions_that_it_may_set() -> None:
    service = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), PLAIN).units["safe-score-snapshot.service"]
    assert {"NoNewPrivileges", "SystemCallFilter", "RestrictAddressFamilies", "UMask"} <= hardening_of(service)
    assert not [name for name in hardening_of(service) if name.startswith(("Protect", "Private", "Capability"))]


def test_what_a_snapshot_needs_is_never_hidden_from_it() -> None:
    """In a shared temporary folder everything would be; root needs its capabilities to write others' files."""
    place = Installation("/tmp/p/python", "/tmp/p", is_root=True, store_folder="/srv/s p")  # noqa: S108
    service = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), place).units["safe-score-snapshot.service"]
    assert not hardening_of(service) & {"PrivateTmp", "CapabilityBoundingSet"}
    assert "ProtectHome=read-only\n" in service
    assert 'ReadWritePaths="/srv/s p"\n' in service
    on_postgresql = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), replace(PLAIN, is_root=True))
    assert "ReadWritePaths" not in on_postgresql.units["safe-score-snapshot.service"]


def time_of_day(scheduler: Scheduler) -> time:
    """Return the time of daily runs in the text for a scheduler."""
    snippet = make_snippet(scheduler, timedelta(days=1), WINDOWS if scheduler is Scheduler.SCHTASKS else PLAIN)
    match scheduler:
        case Scheduler.CRON:
            minute, hour = snippet.line.split()[:2]
            return time(int(hour), int(minute))
        case Scheduler.SYSTEMD:
            return time.fromisoformat(snippet.units["safe-score-snapshot.timer"].partition("OnCalendar=*-*-* ")[2][:8])
        case Scheduler.SCHTASKS:
            return time.fromisoformat(snippet.line.partition("/ST ")[2][:5])


def test_the_time_of_daily_runs_occurs_exactly_once_on_every_day_of_ten_years_in_every_zone() -> None:
    at, *others = {time_of_day(scheduler) for scheduler in Scheduler}
    assert others == []
    first = datetime.now(UTC).date() - timedelta(days=1)
    moments = [datetime.combine(first + timedelta(days=day), at) for day in range(10 * 366)]
    again = [moment.replace(fold=1) for moment in moments]
    for name in available_timezones():
        zone = ZoneInfo(name)
        # The two offsets of a time differ where clocks skip it and where they repeat it.
        assert list(map(zone.utcoffset, moments)) == list(map(zone.utcoffset, again)), name


def test_root_schedules_for_the_owner_of_the_folder() -> None:
    place = Installation(PLAIN.python, PLAIN.project, is_root=True, owner="ann")
    snippet = make_snippet(Scheduler.SYSTEMD, timedelta(days=1), place)
    assert "User=ann\n" in snippet.units["safe-score-snapshot.service"]
    assert "/etc/systemd/system/safe-score-snapshot.timer" in snippet.paste
    assert "--user" not in snippet.paste
    assert "crontab -u ann -e" in make_snippet(Scheduler.CRON, timedelta(days=1), place).paste


def windows_reads(line: str) -> list[str]:
    """Return the arguments of a Windows program: cmd removes ^ outside quotes, then CommandLineToArgvW splits them."""
    seen, is_inside = "", False
    characters = iter(line)
    for character in characters:
        is_inside ^= character == '"'
        assert is_inside or character not in "&|<>", "cmd would end the command here"
        seen += next(characters) if character == "^" and not is_inside else character
    words, word, quoted, backslashes = [], "", False, 0
    for character in seen + " ":
        if character == "\\":
            backslashes += 1
            continue
        word += "\\" * (backslashes // 2 if character == '"' else backslashes)
        if character == '"' and backslashes % 2:
            word += '"'
        elif character == '"':
            quoted = not quoted
        elif character == " " and not quoted:
            words.append(word)
            word = ""
        else:
            word += character
        backslashes = 0
    return words


@pytest.mark.parametrize(
    ("every", "when"),
    [
        ("30m", "/SC MINUTE /MO 30 /ST 00:00"),
        ("90m", "/SC MINUTE /MO 90 /ST 00:00"),
        ("6h", "/SC HOURLY /MO 6 /ST 00:00"),
        ("24h", "/SC DAILY /MO 1 /ST 04:20"),
        ("14d", "/SC DAILY /MO 14 /ST 04:20"),
    ],
)
def test_windows_gets_one_command(every: str, when: str) -> None:
    snippet = make_snippet(Scheduler.SCHTASKS, parse_interval(every), WINDOWS)
    words = windows_reads(snippet.line)
    assert words[:5] == ["schtasks", "/Create", "/F", "/TN", "SAFE Score snapshot"]
    assert words[5:-2] == when.split()
    assert words[-2:] == [
        "/TR",
        rf'cmd /c cd /d "{WINDOWS.project}" && "{WINDOWS.python}" -m mimecast snapshot --quiet',
    ]
    assert snippet.paste.endswith(f"\n{snippet.line}")
    assert all(line.startswith("rem ") for line in snippet.paste.splitlines()[:-1])


def test_a_project_at_the_root_of_a_drive_keeps_its_backslash() -> None:
    snippet = make_snippet(Scheduler.SCHTASKS, timedelta(days=1), Installation(r"D:\python.exe", "D:\\"))
    assert windows_reads(snippet.line)[-1].startswith('cmd /c cd /d "D:\\" && "D:\\python.exe"')


@pytest.mark.parametrize(
    ("scheduler", "every", "place", "message"),
    [
        (Scheduler.SCHTASKS, "36h", WINDOWS, "cannot start something every 36 hours"),
        (Scheduler.SCHTASKS, "1d", Installation("C:\\python.exe", "C:\\100%"), "takes for the beginning of a variable"),
        (Scheduler.SCHTASKS, "1d", Installation("C:\\python.exe", "C:\\" + "x" * 250), "too long for a scheduled task"),
        (Scheduler.CRON, "1d", Installation("/python", "/" + "x" * 1000), "too long for a crontab line"),
        (Scheduler.CRON, "1d", Installation("/python", "/two\nlines"), "a character that no scheduler accepts"),
    ],
)
def test_what_a_scheduler_cannot_express_is_refused(
    scheduler: Scheduler, every: str, place: Installation, message: str
) -> None:
    with pytest.raises(ScheduleUnsupported, match=message):
        make_snippet(scheduler, parse_interval(every), place)


def test_the_scheduler_fits_the_machine() -> None:
    assert default_scheduler("win32", systemd_runs=False) is Scheduler.SCHTASKS
    assert default_scheduler("linux", systemd_runs=True) is Scheduler.SYSTEMD
    assert default_scheduler("linux", systemd_runs=False) is Scheduler.CRON
    assert default_scheduler("darwin", systemd_runs=False) is Scheduler.CRON


@pytest.mark.parametrize("text", ["", "0m", "h", "6", "6 hours", "-1h", "1.5h", "400d", "٣h"])
def test_an_interval_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="like 30m, 6h, 24h or 7d"):
        parse_interval(text)


def test_the_command_prints_this_checkout_ready_to_paste(command_line: CommandLine, project: Path) -> None:
    done = command_line("schedule", "--every", "6h", "--scheduler", "cron")
    assert (done.returncode, done.stderr) == (0, "")
    fields, command = cron_reads(done.stdout.splitlines()[-1])
    assert fields == ["0", "*/6", "*", "*", "*"]
    assert str(project) in command
    shown = json.loads(command_line("schedule", "--scheduler", "systemd", "--json").stdout)
    assert shown["every_minutes"] == 1440
    assert f"WorkingDirectory={project}\n" in shown["units"]["safe-score-snapshot.service"]


def test_the_printed_line_takes_a_snapshot(
    command_line: CommandLine, account_variables: dict[str, str], tmp_path: Path
) -> None:
    """As cron runs it: with `sh`, from another folder, with next to no environment but the account's."""
    line = command_line("schedule", "--scheduler", "cron").stdout.splitlines()[-1]
    _, command = cron_reads(line.replace(" --quiet", ""))
    variables = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **account_variables}
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, cwd="/", env=variables, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("default: 1,204 users graded")


def test_wrong_use_and_settings_that_no_scheduler_sees_are_named(
    command_line: CommandLine, account_variables: dict[str, str]
) -> None:
    done = command_line("schedule", "--every", "5h", "--scheduler", "cron")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cron cannot start something every 5 hours.")
    assert command_line("schedule", "--every", "soon").returncode == 2
    done = command_line("schedule", variables=account_variables)
    assert done.returncode == 0
    assert "MIMECAST_SECRET_KEY" in done.stderr
    assert "set in this shell only; a scheduled run will not see them" in done.stderr
    assert account_variables["MIMECAST_SECRET_KEY"] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("scheduler", "remedy"),
    [
        ("cron", "In the crontab, add a line NAME=value for each variable, above the line of the snapshot."),
        ("systemd", "Add a line Environment=NAME=value for each variable below [Service]: systemctl "),
        ("schtasks", "Set each variable for the user of the task: setx NAME value"),
    ],
)
def test_variables_of_the_network_and_the_database_that_no_scheduler_sees_are_named(
    command_line: CommandLine, scheduler: str, remedy: str
) -> None:
    variables = {
        "HTTPS_PROXY": "http://user:recognisable@proxy.contoso.com:8080",
        "no_proxy": "recognisable",
        "REQUESTS_CA_BUNDLE": "/recognisable",
        "PGPASSWORD": "recognisable",
    }
    done = command_line("schedule", "--scheduler", scheduler, variables=variables)
    assert done.returncode == 0
    names = "HTTPS_PROXY, REQUESTS_CA_BUNDLE, no_proxy and PGPASSWORD"
    assert done.stderr.startswith(f"{names} are set in this shell only; a scheduled run will not see them. ")
    assert remedy in done.stderr
    assert "recognisable" not in done.stdout + done.stderr


def test_as_root_the_service_may_write_the_folder_of_the_store(command_line: CommandLine, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root schedules a service of the system")
    url = f"sqlite:///{tmp_path}/kept/new/snapshots.db"
    (tmp_path / "kept").mkdir()
    done = command_line("schedule", "--scheduler", "systemd", variables={"SNAPSHOTS_URL": url})
    assert f'ReadWritePaths="{tmp_path}/kept"\n' in done.stdout
