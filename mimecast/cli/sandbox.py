"""`sandbox`: serve the API on this computer, with a made-up company behind it."""

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

PORT: Final = 8900
LIST: Final = "list"
"""The fault that is none: it lists all others."""


def declare(verbs: Commands) -> None:
    made = verbs.add_parser(
        "sandbox", parents=[reporting_options()], help="serve the API on this computer, with a made-up company"
    )
    made.add_argument("--port", type=_port, default=PORT, metavar="N", help=f"default {PORT}; 0 takes any")
    made.add_argument("--latency", type=_seconds, default=0.0, metavar="SECONDS", help="answer this much later")
    made.add_argument("--fault", metavar="NAME", help=f"misbehave in this way; {LIST} names all ways")
    made.set_defaults(verb=run)


def run(options: argparse.Namespace) -> int:
    from mimecast.sandbox.demo_company import DemoCompany
    from mimecast.sandbox.faults import FAULTS, UnknownFault
    from mimecast.sandbox.server import Sandbox

    if options.fault == LIST:
        for name, fault in FAULTS.items():
            print(
                json.dumps({"fault": name, "said": fault.description})
                if options.json
                else f"{name:<26}{fault.description}"
            )
        return DONE
    story = DemoCompany(datetime.now(UTC).date())
    try:
        server = Sandbox(
            lambda: story.counts_on(datetime.now(UTC).date()),
            port=options.port,
            latency=options.latency,
            fault=options.fault,
            log=None if options.quiet else lambda line: print(line, file=sys.stderr, flush=True),
        )
    except UnknownFault as problem:
        raise UsageError(problem.message, remedy=problem.remedy) from None
    print(json.dumps(_settings(server)) if options.json else _block(server), flush=True)
    with server, suppress(KeyboardInterrupt):
        threading.Event().wait()
    return DONE


def _settings(server: Sandbox) -> dict[str, Any]:
    """What stands in the secrets: the keys of API 1.0, and under `api_2` those of API 2.0."""
    from mimecast.sandbox.demo_company import COMPANY

    place = {"name": COMPANY, "base_url": server.base_url}
    return {**place, **asdict(server.keys), "api_2": {**place, **asdict(server.api2.keys)}}


def _block(server: Sandbox) -> str:
    settings = _settings(server)
    second = settings.pop("api_2")
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
            *(f'# {key} = "{value}"' for key, value in second.items()),
        ]
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("a latency is a number of seconds from 0 to 3600")
    return seconds
