"""`sandbox`: run a local server that implements the API for a made-up company."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mimecast.cli.options import DONE, Commands, UsageError, reporting_options

if TYPE_CHECKING:
    from mimecast.sandbox.server import Sandbox

DEFAULT_PORT: Final = 8900
MAX_LATENCY_SECONDS: Final = 3600
LIST_FAULTS: Final = "list"
"""The value of `--fault` that lists all faults instead of causing one."""


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "sandbox", parents=[reporting_options()], help="serve the API on this computer for a made-up company"
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, metavar="N", help=f"default {DEFAULT_PORT}; 0 picks a free one"
    )
    parser.add_argument(
        "--latency", type=_latency, default=0.0, metavar="SECONDS", help="seconds to wait before each response"
    )
    parser.add_argument("--fault", metavar="NAME", help=f"simulate this fault; “{LIST_FAULTS}” prints all faults")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl+C and return the exit status. Raises UsageError when there is no such fault."""
    from mimecast.sandbox.demo_causes import todays_campaigns
    from mimecast.sandbox.demo_company import DemoCompany
    from mimecast.sandbox.demo_people import UsersOfToday
    from mimecast.sandbox.faults import UnknownFault
    from mimecast.sandbox.server import Sandbox

    if options.fault == LIST_FAULTS:
        _print_faults(as_json=options.json)
        return DONE
    company = DemoCompany(datetime.now(UTC).date())
    try:
        server = Sandbox(
            lambda: company.counts_on(datetime.now(UTC).date()),
            port=options.port,
            latency=options.latency,
            fault=options.fault,
            log=None if options.quiet else lambda line: print(line, file=sys.stderr, flush=True),
        )
        server.users = UsersOfToday(company)
    except UnknownFault as problem:
        raise UsageError(problem.message, remedy=problem.remedy) from None
    server.campaigns = lambda: todays_campaigns(company, datetime.now(UTC).date())
    print(json.dumps(_settings(server)) if options.json else _settings_to_paste(server), flush=True)
    with server, suppress(KeyboardInterrupt):
        threading.Event().wait()
    return DONE


def _print_faults(*, as_json: bool) -> None:
    from mimecast.sandbox.details import DETAILS_FAULTS
    from mimecast.sandbox.faults import FAULTS

    faults = {name: fault.description for name, fault in FAULTS.items()} | dict(DETAILS_FAULTS)
    for name, description in faults.items():
        print(json.dumps({"fault": name, "description": description}) if as_json else f"{name:<26}{description}")


def _settings(server: Sandbox) -> dict[str, Any]:
    """Return the settings of an account: the keys of API 1.0, and under `api_2` the settings for API 2.0."""
    from mimecast.sandbox.demo_company import COMPANY

    address = {"name": COMPANY, "base_url": server.base_url}
    return {**address, **asdict(server.keys), "api_2": {**address, **asdict(server.api2.keys)}}


def _settings_to_paste(server: Sandbox) -> str:
    settings = _settings(server)
    api_2_settings = settings.pop("api_2")
    return "\n".join(
        [
            f"# The sandbox listens on {server.base_url} until Ctrl+C. To use it, paste this into",
            "# .streamlit/secrets.toml:",
            "",
            "[mimecast]",
            *(f'{key} = "{value}"' for key, value in settings.items()),
            "",
            "# It speaks API 2.0 as well; for that, the table reads:",
            "# [mimecast]",
            *(f'# {key} = "{value}"' for key, value in api_2_settings.items()),
        ]
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _latency(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_LATENCY_SECONDS:
        raise argparse.ArgumentTypeError(f"a latency is a number of seconds from 0 to {MAX_LATENCY_SECONDS}")
    return seconds
