"""Whether other computers can reach the dashboard, which matters where no one has to sign in."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mimecast.problem import Problem
from mimecast.settings.project import PROJECT
from mimecast.settings.validation import is_loopback

PROXY_HEADERS: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers that a reverse proxy adds to a request, in lower case."""

CONFIG_FILE: Final = ".streamlit/config.toml"
ADDRESS_VARIABLE: Final = "STREAMLIT_SERVER_ADDRESS"
HOSTS_VARIABLE: Final = "STREAMLIT_SERVER_ALLOWED_HOSTS"


class OpenToOthers(Problem):
    """Other computers can reach the dashboard, and sign-in is not required."""

    title = "Anyone on the network can view this dashboard"
    remedy = (
        'Set up [auth]: see “Sign-in” in docs/team.md. If only this computer should open it, set address = "127.0.0.1" '
        "in .streamlit/config.toml, remove the names of other hosts from allowedHosts, and do not run a proxy."
    )


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Streamlit's options `server.address` (None for every address) and `server.allowedHosts`."""

    address: str | None = None
    allowed_hosts: tuple[str, ...] = ()


def why_reachable(options: ServerOptions, *, page_host: str = "", headers: Iterable[str] = ()) -> str:
    """Return how other computers reach the dashboard, as a clause; empty where only this computer can.

    Args:
        options: The options of the server.
        page_host: The host in the address of the page that is shown, empty where there is none.
        headers: The names of the request's headers.
    """
    address = options.address
    if not address:
        return "the server listens on every address of this computer"
    if not (is_loopback(address) or address.startswith("unix:")):
        return f"the server listens on {address}"
    for host in (*options.allowed_hosts, page_host):
        if host and not is_loopback(host.strip("[]")):
            return f"the dashboard can be opened as {host}"
    if any(name.lower() in PROXY_HEADERS for name in headers):
        return "requests come through a proxy"
    return ""


def read_server_options(files: Sequence[Path] | None = None, environ: Mapping[str, str] = os.environ) -> ServerOptions:
    """Return the options from Streamlit's configuration files and the environment, without Streamlit.

    A later file overrides an earlier one; a file that is missing or cannot be read is skipped, as the options on the
    command line of `streamlit run` are unknown here.
    """
    server: dict[str, object] = {}
    for file in (
        files if files is not None else (Path.home() / ".streamlit/config.toml", PROJECT / ".streamlit/config.toml")
    ):
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8")).get("server", {})
        except (OSError, ValueError):
            continue
        server |= table if isinstance(table, dict) else {}
    address = environ.get(ADDRESS_VARIABLE) or server.get("address")
    hosts = environ[HOSTS_VARIABLE].split(",") if HOSTS_VARIABLE in environ else server.get("allowedHosts", [])
    names = [str(host).strip() for host in hosts] if isinstance(hosts, list) else []
    return ServerOptions(str(address) if address else None, tuple(filter(None, names)))
