"""Text to paste so that a scheduler captures snapshots: a crontab line, systemd units or a `schtasks` command.

These are pure functions of an `Installation`: they read and write nothing. Every path is absolute and quoted for the
program that parses it, since a scheduler starts in another folder, without a shell's settings or a virtual environment.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from mimecast.formatting import format_duration
from mimecast.problem import Problem
from mimecast.settings.validation import parse_duration

UNIT_NAME: Final = "safe-score-snapshot"
TASK_TITLE: Final = "SAFE Score snapshot"
ARGUMENTS: Final = "-m mimecast snapshot --quiet"
DAILY_HOUR: Final = 3
"""The hour of daily and weekly runs, in the machine's time zone. It occurs once even when the clocks change."""

MAX_INTERVAL: Final = timedelta(days=365)

CRON_MINUTES: Final = tuple(minutes for minutes in range(1, 31) if 60 % minutes == 0)
CRON_HOURS: Final = tuple(hours for hours in range(1, 13) if 24 % hours == 0)
"""The intervals that cron can express: those that divide an hour, and those that divide a day."""

MAX_CRON_LINE_CHARS: Final = 998
"""The longest crontab line that cron accepts, in characters."""

MAX_TASK_CHARS: Final = 261
"""The longest command that `schtasks /TR` accepts, in characters."""


class ScheduleUnsupported(Problem):
    """The scheduler cannot express an interval or a path."""

    title = "The scheduler cannot do that"


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
    """

    python: str
    project: str
    is_root: bool = False
    owner: str | None = None


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
    for path in (installation.python, installation.project):
        if not path.isprintable():
            raise ScheduleUnsupported(
                f"The path {path!r} holds a character that no scheduler takes.", remedy="Move the project elsewhere."
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
        schedule = f"0 {DAILY_HOUR} * * {'*' if days == 1 else 1}"
    else:
        raise ScheduleUnsupported(
            f"cron cannot start something every {format_duration(interval)}.",
            remedy=f"It can every {_join_or(CRON_MINUTES)} minutes, {_join_or(CRON_HOURS)} hours, 1 or 7 days; "
            "systemd takes any interval (--scheduler systemd).",
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
        "",
        "[Service]",
        "Type=oneshot",
        *([f"User={installation.owner}"] if installation.owner else []),
        f"WorkingDirectory={installation.project.replace('%', '%%')}",
        f"ExecStart={_executable(installation.python)} {ARGUMENTS}",
    ]
    timer = [
        "[Unit]",
        f"Description={TASK_TITLE}, every {format_duration(interval)}",
        "",
        "[Timer]",
        *_timer_lines(interval),
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    units = {f"{UNIT_NAME}.service": "\n".join(service) + "\n", f"{UNIT_NAME}.timer": "\n".join(timer) + "\n"}
    folder, user = ("/etc/systemd/system", "") if installation.is_root else ("~/.config/systemd/user", " --user")
    paste = ["# Paste all of this into a shell:", f"mkdir -p {folder}"]
    paste += [f"cat > {folder}/{name} <<'END'\n{text}END" for name, text in units.items()]
    paste += [f"systemctl{user} daemon-reload", f"systemctl{user} enable --now {UNIT_NAME}.timer"]
    if not installation.is_root:
        paste.append("loginctl enable-linger    # so that it also runs while you are not signed in")
    return ScheduleSnippet(Scheduler.SYSTEMD, "\n".join(paste), units=units)


def _timer_lines(interval: timedelta) -> list[str]:
    """Return the lines that set the interval.

    They follow the calendar if the interval divides an hour, a day or a week, because systemd then catches up on a run
    that was missed while the machine was off.
    """
    minutes = int(interval.total_seconds()) // 60
    calendar = {
        **{step: f"*-*-* *:00/{step}:00" for step in CRON_MINUTES},
        **{step * 60: f"*-*-* 00/{step}:00:00" for step in CRON_HOURS},
        1440: f"*-*-* {DAILY_HOUR:02}:00:00",
        10080: f"Mon *-*-* {DAILY_HOUR:02}:00:00",
    }
    if minutes in calendar:
        return [f"OnCalendar={calendar[minutes]}", "Persistent=true"]
    return ["OnActiveSec=1min", f"OnUnitActiveSec={minutes}min"]


def _executable(python: str) -> str:
    """Quote the interpreter's path for ExecStart.

    Some characters are not allowed in the name of the program, but in its arguments they are; then `env` starts it.
    """
    escaped = python.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if re.search(r"[\"'\\$]", python):
        return f'/usr/bin/env "{escaped.replace("$", "$$")}"'
    return f'"{escaped}"'


def _schtasks(interval: timedelta, installation: Installation) -> ScheduleSnippet:
    minutes = int(interval.total_seconds()) // 60
    if minutes % 1440 == 0:
        schedule = ["/SC", "DAILY", "/MO", str(minutes // 1440), "/ST", f"{DAILY_HOUR:02}:00"]
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
            "A path holds a %, which Windows takes for the beginning of a variable.",
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
