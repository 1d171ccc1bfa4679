"""What to paste so that a machine takes snapshots by itself: a crontab line, systemd units or a `schtasks` command.

Pure functions of a `Place`: they write nothing and look at nothing. Every path is absolute and quoted for whoever reads
it, since a scheduler starts in another folder, without a shell's settings or a virtual environment.
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

UNIT_NAME: Final = "safe-score-snapshot"
TASK_TITLE: Final = "SAFE Score snapshot"
ARGUMENTS: Final = "-m mimecast snapshot --quiet"
DAILY_HOUR: Final = 3
"""Of the machine's own time, for whatever runs once a day: a clock set forward or back at night has that hour once."""

CRON_MINUTES: Final = tuple(minutes for minutes in range(1, 31) if 60 % minutes == 0)
CRON_HOURS: Final = tuple(hours for hours in range(1, 13) if 24 % hours == 0)
MAX_CRON_LINE_CHARS: Final = 998
MAX_TASK_CHARS: Final = 261
"""Characters, of a crontab's command and of what `schtasks /TR` takes."""


class ScheduleUnsupported(Problem):
    title = "The scheduler cannot do that"


class Scheduler(StrEnum):
    CRON = "cron"
    SYSTEMD = "systemd"
    SCHTASKS = "schtasks"


@dataclass(frozen=True, slots=True)
class Installation:
    """Absolute paths of the interpreter and of the project's folder. `owner` is the user who has to run it, where that
    is another than the one who asks: root, for somebody's folder."""

    python: str
    project: str
    is_root: bool = False
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleSnippet:
    """`paste` is the whole text to paste; `line` the crontab line or the command in it; `units` systemd's, by name."""

    scheduler: Scheduler
    paste: str
    line: str = ""
    units: dict[str, str] = field(default_factory=dict)


def default_scheduler(platform: str, *, systemd_runs: bool) -> Scheduler:
    """The scheduler of a machine; `platform` as in `sys.platform`."""
    if platform == "win32":
        return Scheduler.SCHTASKS
    return Scheduler.SYSTEMD if systemd_runs else Scheduler.CRON


def parse_interval(text: str) -> timedelta:
    """`30m`, `6h`, `1d`, `1w`: whole minutes, at most a year. Raises ValueError."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*([mhdw])\s*", text, re.ASCII)
    minutes = int(match[1]) * {"m": 1, "h": 60, "d": 1440, "w": 10080}[match[2]] if match else 0
    if not 0 < minutes <= 365 * 1440:
        raise ValueError("an interval is a length of time like 30m, 6h, 24h or 7d, at most 365d")
    return timedelta(minutes=minutes)


def make_snippet(scheduler: Scheduler, every: timedelta, place: Installation) -> ScheduleSnippet:
    """Raises CannotSchedule for an interval or a path that the scheduler cannot express."""
    for path in (place.python, place.project):
        if not path.isprintable():
            raise ScheduleUnsupported(
                f"The path {path!r} holds a character that no scheduler takes.", remedy="Move the project elsewhere."
            )
    made: dict[Scheduler, Callable[[timedelta, Installation], ScheduleSnippet]] = {
        Scheduler.CRON: _cron,
        Scheduler.SYSTEMD: _systemd,
        Scheduler.SCHTASKS: _schtasks,
    }
    return made[scheduler](every, place)


def _cron(every: timedelta, place: Installation) -> ScheduleSnippet:
    minutes = int(every.total_seconds()) // 60
    hours, days = minutes / 60, minutes / 1440
    if minutes in CRON_MINUTES:
        when = f"{_each(minutes)} * * * *"
    elif hours in CRON_HOURS:
        when = f"0 {_each(int(hours))} * * *"
    elif days in (1, 7):
        when = f"0 {DAILY_HOUR} * * {'*' if days == 1 else 1}"
    else:
        raise ScheduleUnsupported(
            f"cron cannot start something every {format_duration(every)}.",
            remedy=f"It can every {_any_of(CRON_MINUTES)} minutes, {_any_of(CRON_HOURS)} hours, 1 or 7 days; "
            "systemd takes any interval (--scheduler systemd).",
        )
    command = f"cd {shlex.quote(place.project)} && {shlex.quote(place.python)} {ARGUMENTS}"
    line = f"{when} {command}".replace("%", r"\%")
    if len(line) > MAX_CRON_LINE_CHARS:
        raise _too_long("a crontab line")
    edit = f"crontab -u {place.owner} -e" if place.owner else "crontab -e"
    return ScheduleSnippet(Scheduler.CRON, f"# Add this line with: {edit}\n{line}", line)


def _any_of(steps: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, steps[:-1]))} or {steps[-1]}"


def _each(step: int) -> str:
    return "*" if step == 1 else f"*/{step}"


def _systemd(every: timedelta, place: Installation) -> ScheduleSnippet:
    service = [
        "[Unit]",
        f"Description={TASK_TITLE}",
        *(["Wants=network-online.target", "After=network-online.target"] if place.is_root else []),
        "",
        "[Service]",
        "Type=oneshot",
        *([f"User={place.owner}"] if place.owner else []),
        f"WorkingDirectory={place.project.replace('%', '%%')}",
        f"ExecStart={_executable(place.python)} {ARGUMENTS}",
    ]
    timer = [
        "[Unit]",
        f"Description={TASK_TITLE}, every {format_duration(every)}",
        "",
        "[Timer]",
        *_times(every),
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    units = {f"{UNIT_NAME}.service": "\n".join(service) + "\n", f"{UNIT_NAME}.timer": "\n".join(timer) + "\n"}
    folder, user = ("/etc/systemd/system", "") if place.is_root else ("~/.config/systemd/user", " --user")
    paste = ["# Paste all of this into a shell:", f"mkdir -p {folder}"]
    paste += [f"cat > {folder}/{name} <<'END'\n{text}END" for name, text in units.items()]
    paste += [f"systemctl{user} daemon-reload", f"systemctl{user} enable --now {UNIT_NAME}.timer"]
    if not place.is_root:
        paste.append("loginctl enable-linger    # so that it also runs while you are not signed in")
    return ScheduleSnippet(Scheduler.SYSTEMD, "\n".join(paste), units=units)


def _times(every: timedelta) -> list[str]:
    """By the calendar where the interval divides an hour, a day or a week: then a run that was missed while the machine
    was off is made up for."""
    minutes = int(every.total_seconds()) // 60
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
    """systemd refuses some characters in the name of a program, but not in an argument, so `env` has to start it."""
    escaped = python.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if re.search(r"[\"'\\$]", python):
        return f'/usr/bin/env "{escaped.replace("$", "$$")}"'
    return f'"{escaped}"'


def _schtasks(every: timedelta, place: Installation) -> ScheduleSnippet:
    minutes = int(every.total_seconds()) // 60
    if minutes % 1440 == 0:
        when = ["/SC", "DAILY", "/MO", str(minutes // 1440), "/ST", f"{DAILY_HOUR:02}:00"]
    elif minutes % 60 == 0 and minutes < 1440:
        when = ["/SC", "HOURLY", "/MO", str(minutes // 60), "/ST", "00:00"]
    elif minutes < 1440:
        when = ["/SC", "MINUTE", "/MO", str(minutes), "/ST", "00:00"]
    else:
        raise ScheduleUnsupported(
            f"Windows' Task Scheduler cannot start something every {format_duration(every)}.",
            remedy="Choose less than a day, or whole days.",
        )
    if "%" in place.project + place.python:
        raise ScheduleUnsupported(
            "A path holds a %, which Windows takes for the beginning of a variable.",
            remedy="Move the project to a folder without one.",
        )
    task = f'cmd /c cd /d "{place.project}" && "{place.python}" {ARGUMENTS}'
    if len(task) > MAX_TASK_CHARS:
        raise _too_long("a scheduled task")
    words = ["schtasks", "/Create", "/F", "/TN", TASK_TITLE, *when, "/TR", task]
    line = _for_cmd(subprocess.list2cmdline(words))
    paste = [
        "rem Paste this into a Command Prompt (not PowerShell). It runs while you are signed in; to run it always,",
        "rem add /RU SYSTEM in a Command Prompt that was opened as administrator.",
        line,
    ]
    return ScheduleSnippet(Scheduler.SCHTASKS, "\n".join(paste), line)


def _for_cmd(line: str) -> str:
    """What cmd has to be told literally: it takes each quote for a beginning or an end, also one behind a backslash."""
    parts = line.split('"')
    return '"'.join(part if inside % 2 else re.sub(r"([&|<>^()])", r"^\1", part) for inside, part in enumerate(parts))


def _too_long(what: str) -> ScheduleUnsupported:
    return ScheduleUnsupported(
        f"The project's path is too long for {what}.", remedy="Move the project to a folder with a shorter path."
    )
