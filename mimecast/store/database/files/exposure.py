"""What a store is exposed to besides its own failures: other users of the computer, and the network to a database."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from mimecast.store.database.postgresql import POSTGRESQL, describe_database
from mimecast.store.errors import DatabaseTlsOptional, StoreWritableByOthers

ENCRYPTED_MODES: Final = ("require", "verify-ca", "verify-full")
"""Values of libpq's `sslmode` with which it never connects without TLS."""


def writable_by_others(file: Path) -> StoreWritableByOthers | None:
    """Return a problem when other users may change a store's file, or replace it through its folder.

    A folder that its group may write is not reported: it is normal where each user has a group of its own. Windows has
    no such modes, so there is no problem there.
    """
    if sys.platform == "win32":
        return None
    for path in (file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))):
        if _mode(path) & (stat.S_IWGRP | stat.S_IWOTH):
            return StoreWritableByOthers(
                f"{path} can be changed by other users of this computer.",
                remedy=f"Let only its owner write it: chmod go-w {shlex.quote(str(path))}",
            )
    folder = _mode(file.parent)
    if folder & stat.S_IWOTH and not folder & stat.S_ISVTX:
        return StoreWritableByOthers(
            f"{file} can be replaced by other users of this computer, who can write to its folder.",
            remedy=f"Let no other user write to the folder: chmod o-w {shlex.quote(str(file.parent))}",
        )
    return None


def optional_tls(url: URL, environ: Mapping[str, str] = os.environ) -> DatabaseTlsOptional | None:
    """Return a problem when a PostgreSQL on another computer may be connected to without TLS.

    That is libpq's default. Its environment variables count where the URL says nothing
    (https://www.postgresql.org/docs/current/libpq-envars.html); a connection service file is not read.
    """
    if url.get_backend_name() != POSTGRESQL:
        return None
    mode = _setting(url, "sslmode") or environ.get("PGSSLMODE", "")
    hosts = _setting(url, "hostaddr") or url.host or _setting(url, "host") or environ.get("PGHOST", "")
    if mode in ENCRYPTED_MODES or all(map(_is_local, hosts.split(","))):
        return None
    return DatabaseTlsOptional(f"The connection to {describe_database(url, lower=True)} may be unencrypted.")


def _setting(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else ",".join(value)


def _is_local(host: str) -> bool:
    """Return whether a host of a URL is this computer: a loopback address, or the folder of a Unix socket."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _mode(path: Path) -> int:
    """Return the mode bits of a file or folder, 0 if they cannot be read."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0
