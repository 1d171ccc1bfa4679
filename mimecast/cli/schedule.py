"""`schedule`: print what to paste so that this machine takes snapshots by itself."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path

from mimecast.capture.scheduler_templates import (
    Installation,
    Scheduler,
    ScheduleUnsupported,
    default_scheduler,
    make_snippet,
    parse_interval,
)
from mimecast.cli.options import DONE, Commands, UsageError, reporting_options
from mimecast.cli.output import report
from mimecast.formatting import join_and
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "schedule",
        parents=[reporting_options()],
        help="print what to paste so that this machine takes snapshots by itself",
    )
    made.add_argument(
        "--every", type=_interval, default=timedelta(days=1), metavar="24h", help="30m, 6h, 1d ...; default 24h"
    )
    made.add_argument(
        "--scheduler", choices=[one.value for one in Scheduler], help="instead of the one that fits this machine"
    )
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    systemd_runs = Path("/run/systemd/system").is_dir()
    scheduler = Scheduler(options.scheduler or default_scheduler(sys.platform, systemd_runs=systemd_runs))
    try:
        made = make_snippet(scheduler, options.every, _place())
    except ScheduleUnsupported as problem:
        raise UsageError(problem.message, remedy=problem.remedy) from None
    minutes = int(options.every.total_seconds()) // 60
    result = {"scheduler": made.scheduler.value, "every_minutes": minutes, "paste": made.paste}
    report(options, result | ({"units": made.units} if made.units else {"line": made.line}), made.paste)
    if given := [name for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE) if os.environ.get(name)]:
        print(
            f"{join_and(given)} {'is' if len(given) == 1 else 'are'} set here, where no scheduler looks. "
            "Put the settings into .streamlit/secrets.toml.",
            file=sys.stderr,
        )
    return DONE


def _place() -> Installation:
    """This checkout, and the interpreter that runs now: a virtual environment's own, not the one it links to."""
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    return Installation(str(Path(sys.executable).absolute()), str(PROJECT), is_root, _owner() if is_root else None)


def _owner() -> str | None:
    """Who has to run it: what root writes into somebody's folder, they could not write any more."""
    if sys.platform == "win32" or PROJECT.stat().st_uid == 0:
        return None
    try:
        return PROJECT.owner()
    except KeyError:
        return str(PROJECT.stat().st_uid)


def _interval(text: str) -> timedelta:
    try:
        return parse_interval(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
