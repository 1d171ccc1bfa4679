"""Text to paste so that a scheduler captures snapshots: a crontab line, systemd units or a `schtasks` command.

These are pure functions of an `Installation`: they read and write nothing. Every path is absolute and quoted for the
program that parses it, since a scheduler starts in another folder, without a shell's settings or a virtual environment.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

from mimecast.formatting import format_duration
from mimecast.problem import Problem
from mimecast.settings.validation import parse_duration

UNIT_NAME: Final = "safe-score-snapshot"
TASK_TITLE: Final = "SAFE Score snapshot"
ARGUMENTS: Final = "-m mimecast snapshot --quiet"
FAILED_UNIT_NAME: Final = f"{UNIT_NAME}-failed"
DAILY_TIME: Final = time(4, 20)
"""The time of daily and weekly runs, in the machine's time zone. In every zone of tzdata it occurs exactly once on each
day of the next ten years; 3:00, for example, is skipped in Helsinki when the clocks are put forward."""

NETWORK_VARIABLES: Final = (
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"),
)
"""Environment variables that decide how Mimecast is reached; the proxies' names may be in lower case as well."""

DATABASE_VARIABLES: Final = (
    *(
        "PGHOST",
        "PGHOSTADDR",
        "PGPORT",
        "PGDATABASE",
        "PGUSER",
        "PGPASSWORD",
        "PGPASSFILE",
        "PGSERVICE",
        "PGSERVICEFILE",
    ),
    *("PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGOPTIONS"),
)
"""Environment variables that PostgreSQL's client library reads."""

MAX_RANDOM_DELAY: Final = timedelta(minutes=5)
"""The longest random delay of a timer, which keeps machines from sending their requests at the same moment."""

SECCOMP_HARDENING: Final = (
    "NoNewPrivileges=true",
    "RestrictNamespaces=true",
    "RestrictRealtime=true",
    "RestrictSUIDSGID=true",
    "LockPersonality=true",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged",
    "SystemCallErrorNumber=EPERM",
)
"""Restrictions that a user's own service can have too. Source: systemd.exec(5)."""

SYSTEM_HARDENING: Final = (
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "PrivateDevices=true",
    "ProtectClock=true",
    "ProtectHostname=true",
    "ProtectKernelLogs=true",
    "ProtectKernelModules=true",
    "ProtectKernelTunables=true",
    "ProtectControlGroups=true",
    "ProtectProc=invisible",
    "RemoveIPC=true",
)
"""Restrictions that only the system's service manager can set. The home folders stay readable, since the interpreter,
the secrets and the password of the database may be there."""

NO_CAPABILITIES: Final = ("CapabilityBoundingSet=", "AmbientCapabilities=")
"""Restrictions of a service that does not run as root, which needs its capabilities to write the files of others."""

SHARED_TEMPORARY_FOLDERS: Final = ("/tmp/", "/var/tmp/")  # noqa: S108 - nothing is written there

MAX_INTERVAL: Final = timedelta(days=365)

CRON_MINUTES: Final = tuple(minutes for minutes in range(1, 31) if 60 % minutes == 0)
CRON_HOURS: Final = tuple(hours for hours in range(1, 13) if 24 % hours == 0)
"""The intervals that cron can express: those that divide an hour, and those that divide a day."""

MAX_CRON_LINE_CHARS: Final = 998
"""The longest crontab line that cron accepts, in characters."""

MAX_TASK_CHARS: Final = 261
"""The longest command that `schtasks /TR` accepts, in characters."""


class ScheduleUnsupported(Problem):
    """The scheduler cannot run at the requested interval, or cannot use a path of this installation."""

    title = "Not possible with this scheduler"


class Scheduler(StrEnum):
    """A program that starts others at set times."""

    CRON = "cron"
    SYSTEMD = "systemd"
    SCHTASKS = "schtasks"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where and as whom the dashboard runs.

    Attributes:
        python: The absolute path of the interpreter.
        project: The absolute path of the project's folder.
        is_root: Whether the text is for root.
        owner: The user as whom a snapshot has to run, if that is not the user who pastes the text; else None.
        store_folder: The absolute path of the folder that a snapshot writes; None for a store that is not a file.
    """

    python: str
    project: str
    is_root: bool = False
    owner: str | None = None
    store_folder: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleSnippet:
    """The text for one scheduler.

    Attributes:
        scheduler: The scheduler.
        paste: The whole text to paste.
        line: The crontab line or the command in it; empty for systemd.
        units: The content of each systemd unit by its name; empty for the others.
    """

    scheduler: Scheduler
    paste: str
    line: str = ""
    units: dict[str, str] = field(default_factory=dict)


def default_scheduler(platform: str, *, systemd_runs: bool) -> Scheduler:
    """Return the usual scheduler of a machine; `platform` is a value of `sys.platform`."""
    if platform == "win32":
        return Scheduler.SCHTASKS
    return Scheduler.SYSTEMD if systemd_runs else Scheduler.CRON


def parse_interval(text: str) -> timedelta:
    """Return the interval that a text like `30m`, `6h`, `1d` or `1w` states.

    Raises:
        ValueError: It states none, or more than a year.
    """
    interval = parse_duration(text, units="mhdw", max_digits=6)
    if interval is None or interval > MAX_INTERVAL:
        raise ValueError("an interval is a length of time like 30m, 6h, 24h or 7d, at most 365d")
    return interval


def make_snippet(scheduler: Scheduler, interval: timedelta, installation: Installation) -> ScheduleSnippet:
    """Return the text that makes a scheduler capture a snapshot once in each interval (whole minutes).

    Raises:
        ScheduleUnsupported: The scheduler cannot express the interval or a path.
    """
    for path in (installation.python, installation.project, installation.store_folder or ""):
        if not path.isprintable():
            raise ScheduleUnsupported(
                f"The path {path!r} has a character that no scheduler accepts.", remedy="Move the project elsewhere."
            )
    templates: dict[Scheduler, Callable[[timedelta, Installation], ScheduleSnippet]] = {
        Scheduler.CRON: _cron,
        Scheduler.SYSTEMD: _systemd,
        Scheduler.SCHTASKS: _schtasks,
    }
    return templates[scheduler](interval, installation)


def _cron(interval: timedelta, installation: Installation) -> ScheduleSnippet:
    minutes = int(interval.total_seconds()) // 60
    hours, days = minutes / 60, minutes / 1440
    if minutes in CRON_MINUTES:
        schedule = f"{_cron_step(minutes)} * * * *"
    elif hours in CRON_HOURS:
        schedule = f"0 {_cron_step(int(hours))} * * *"
    elif days in (1, 7):
        schedule = f"{DAILY_TIME.minute} {DAILY_TIME.hour} * * {'*' if days == 1 else 1}"
    else:
        raise ScheduleUnsupported(
            f"cron cannot start something every {format_duration(interval)}.",
            remedy=f"It can do so every {_join_or(CRON_MINUTES)} minutes; every {_join_or(CRON_HOURS)} hours; every "
            "day; or every 7 days. systemd accepts any interval: --scheduler systemd.",
        )
    command = f"cd {shlex.quote(installation.project)} && {shlex.quote(installation.python)} {ARGUMENTS}"
    line = f"{schedule} {command}".replace("%", r"\%")
    if len(line) > MAX_CRON_LINE_CHARS:
        raise _path_too_long("a crontab line")
    edit = f"crontab -u {installation.owner} -e" if installation.owner else "crontab -e"
    return ScheduleSnippet(Scheduler.CRON, f"# Add this line with: {edit}\n{line}", line)


def _join_or(numbers: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} or {numbers[-1]}"


def _cron_step(step: int) -> str:
    return "*" if step == 1 else f"*/{step}"


def _systemd(interval: timedelta, installation: Installation) -> ScheduleSnippet:
    service = [
        "[Unit]",
        f"Description={TASK_TITLE}",
        *(["Wants=network-online.target", "After=network-online.target"] if installation.is_root else []),
        f"OnFailure={FAILED_UNIT_NAME}.service",
        "",
        "[Service]",
        "Type=oneshot",
        *([f"User={installation.owner}"] if installation.owner else []),
        f"WorkingDirectory={installation.project.replace('%', '%%')}",
        f"ExecStart={_executable(installation.python)} {ARGUMENTS}",
        "UMask=0077",
        *_hardening(installation),
    ]
    timer = [
        "[Unit]",
        f"Description={TASK_TITLE}, every {format_duration(interval)}",
        "",
        "[Timer]",
        *_timer_lines(interval),
        f"RandomizedDelaySec={int(min(MAX_RANDOM_DELAY, interval / 10).total_seconds())}",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    folder, user = ("/etc/systemd/system", "") if installation.is_root else ("~/.config/systemd/user", " --user")
    failed = [
        "[Unit]",
        f"Description={TASK_TITLE}: report a failure",
        "",
        "[Service]",
        "Type=oneshot",
        f'ExecStart=/bin/echo "<3>The SAFE Score snapshot failed. See the reason: journalctl{user} -u {UNIT_NAME}"',
    ]
    texts = {f"{UNIT_NAME}.service": service, f"{UNIT_NAME}.timer": timer, f"{FAILED_UNIT_NAME}.service": failed}
    units = {name: "\n".join(lines) + "\n" for name, lines in texts.items()}
    paste = ["# Paste all of this into a shell:", f"mkdir -p {folder}"]
    paste += [f"cat > {folder}/{name} <<'END'\n{text}END" for name, text in units.items()]
    paste += [
        f"systemctl{user} daemon-reload",
        f"systemctl{user} enable --now {UNIT_NAME}.timer",
        f"# After a failure, {FAILED_UNIT_NAME}.service writes to the journal: change that unit to call your alerting.",
    ]
    if not installation.is_root:
        paste.append("loginctl enable-linger    # so that it also runs while you are not logged in")
    return ScheduleSnippet(Scheduler.SYSTEMD, "\n".join(paste), units=units)


def _hardening(installation: Installation) -> list[str]:
    """Return the lines that restrict the service to what a snapshot needs."""
    if not installation.is_root:
        return list(SECCOMP_HARDENING)
    lines = list(SYSTEM_HARDENING)
    if installation.store_folder:
        lines.insert(0, f"ReadWritePaths={_quote_path(installation.store_folder)}")
    paths = (installation.python, installation.project, installation.store_folder or "")
    if not any(f"{path}/".startswith(SHARED_TEMPORARY_FOLDERS) for path in paths):
        lines.append("PrivateTmp=true")  # it would hide what is in these folders
    if installation.owner:
        lines += NO_CAPABILITIES
    return [*lines, *SECCOMP_HARDENING]


def _timer_lines(interval: timedelta) -> list[str]:
    """Return the lines that set the interval.

    They follow the calendar if the interval divides an hour, a day or a week, because systemd then catches up on a run
    that was missed while the machine was off.
    """
    minutes = int(interval.total_seconds()) // 60
    calendar = {
        **{step: f"*-*-* *:00/{step}:00" for step in CRON_MINUTES},
        **{step * 60: f"*-*-* 00/{step}:00:00" for step in CRON_HOURS},
        1440: f"*-*-* {DAILY_TIME:%H:%M}:00",
        10080: f"Mon *-*-* {DAILY_TIME:%H:%M}:00",
    }
    if minutes in calendar:
        return [f"OnCalendar={calendar[minutes]}", "Persistent=true"]
    return ["OnActiveSec=1min", f"OnUnitActiveSec={minutes}min"]


def _quote_path(path: str) -> str:
    """Quote a path for a setting that takes a list of them."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _executable(python: str) -> str:
    """Quote the interpreter's path for ExecStart.

    Some characters are not allowed in the name of the program, but in its arguments they are; then `env` starts it.
    """
    quoted = _quote_path(python)
    return f"/usr/bin/env {quoted.replace('$', '$$')}" if re.search(r"[\"'\\$]", python) else quoted


def _schtasks(interval: timedelta, installation: Installation) -> ScheduleSnippet:
    minutes = int(interval.total_seconds()) // 60
    if minutes % 1440 == 0:
        schedule = ["/SC", "DAILY", "/MO", str(minutes // 1440), "/ST", f"{DAILY_TIME:%H:%M}"]
    elif minutes % 60 == 0 and minutes < 1440:
        schedule = ["/SC", "HOURLY", "/MO", str(minutes // 60), "/ST", "00:00"]
    elif minutes < 1440:
        schedule = ["/SC", "MINUTE", "/MO", str(minutes), "/ST", "00:00"]
    else:
        raise ScheduleUnsupported(
            f"Windows' Task Scheduler cannot start something every {format_duration(interval)}.",
            remedy="Choose less than a day, or whole days.",
        )
    if "%" in installation.project + installation.python:
        raise ScheduleUnsupported(
            "A path has a %, which Windows takes for the beginning of a variable.",
            remedy="Move the project to a folder without one.",
        )
    task = f'cmd /c cd /d "{installation.project}" && "{installation.python}" {ARGUMENTS}'
    if len(task) > MAX_TASK_CHARS:
        raise _path_too_long("a scheduled task")
    arguments = ["schtasks", "/Create", "/F", "/TN", TASK_TITLE, *schedule, "/TR", task]
    line = _escape_for_cmd(subprocess.list2cmdline(arguments))
    paste = [
        "rem Paste this into a Command Prompt (not PowerShell). It runs while you are signed in; to run it always,",
        "rem add /RU SYSTEM in a Command Prompt that was opened as administrator.",
        line,
    ]
    return ScheduleSnippet(Scheduler.SCHTASKS, "\n".join(paste), line)


def _escape_for_cmd(line: str) -> str:
    """Escape what cmd would interpret outside quotes. To cmd every quote opens or closes, even after a backslash."""
    parts = line.split('"')
    return '"'.join(part if inside % 2 else re.sub(r"([&|<>^()])", r"^\1", part) for inside, part in enumerate(parts))


def _path_too_long(entry: str) -> ScheduleUnsupported:
    return ScheduleUnsupported(
        f"The project's path is too long for {entry}.", remedy="Move the project to a folder with a shorter path."
    )


def hidden_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that are set here, change how a snapshot runs, and that no scheduler sees."""
    names = [
        name for name in (*NETWORK_VARIABLES, *(name.lower() for name in NETWORK_VARIABLES[:4])) if environ.get(name)
    ]
    return [*names, *(name for name in DATABASE_VARIABLES if environ.get(name))]


def variables_remedy(scheduler: Scheduler, installation: Installation) -> str:
    """Return how to give environment variables to the runs that a scheduler starts."""
    user = "" if installation.is_root else " --user"
    remedies = {
        Scheduler.CRON: "In the crontab, add a line NAME=value for each variable, above the line of the snapshot.",
        Scheduler.SYSTEMD: f"Add a line Environment=NAME=value for each variable below [Service]: "
        f"systemctl{user} edit {UNIT_NAME}.service",
        Scheduler.SCHTASKS: "Set each variable for the user of the task: setx NAME value",
    }
    return remedies[scheduler]
