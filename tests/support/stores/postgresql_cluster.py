"""A PostgreSQL server for the tests: a temporary cluster on a free port of this computer."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.support.networks import Authority, free_port
from tests.support.waiting import wait_until

MISSING = (
    "No PostgreSQL server was found, so the tests on it cannot run. "
    "Install it (Debian: apt-get install postgresql) or name the folder of its programs in POSTGRESQL."
)
SUPERUSER = "postgres"
USER = "dashboard"
PASSWORD = "recognisable p@ss/w:rd%41"
"""Contains every character that has a meaning in a URL."""

FAST_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=60",
    "log_min_messages=log",
)
"""Without durability and background writes, which the tests do not need, and with few connections for each cluster."""


def programs() -> Path | None:
    """Return the folder with the programs of a server, if one is installed.

    That is the folder in the environment variable POSTGRESQL, or the newest version where Debian installs them.
    """
    if named := os.environ.get("POSTGRESQL"):
        return Path(named) if (Path(named) / "postgres").exists() else None
    folders = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@dataclass
class Cluster:
    """A server. Its superuser creates schemas and databases; `USER` owns them, as the dashboard's user would."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def create(cls, *settings: str) -> Cluster:
        """Create a cluster and start its server.

        When the tests run as root, the cluster belongs to the system's user postgres, because the server refuses to run
        as root.
        """
        cluster = cls(Path(tempfile.mkdtemp(prefix="safe-score-postgresql-")), free_port())
        try:
            cluster._initialise()
            cluster.start(*settings)
            cluster.run(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        except BaseException:
            cluster.remove()
            raise
        return cluster

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        self._own(self.folder)
        self._own(password)
        locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8"]
        access = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password}"]
        place = [f"--pgdata={self.folder / 'data'}", "--no-sync"]
        subprocess.run(_command("initdb", *place, *access, *locale), stdout=subprocess.DEVNULL, check=True)

    def start(self, *settings: str) -> None:
        """Start the server with settings such as `ssl=on`, and wait until it accepts connections."""
        options = [f"-c{setting}" for setting in (*FAST_SETTINGS, *settings, "listen_addresses=127.0.0.1")]
        place = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(_command("postgres", *place, *options), stdout=log, stderr=log)
        wait_until(self._accepts_connections)

    def stop(self) -> None:
        """Stop the server without waiting for its clients. Committed data remains."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)

    def remove(self) -> None:
        """Stop the server and delete the cluster."""
        self.stop()
        shutil.rmtree(self.folder)

    def certificate(self, authority: Authority) -> list[str]:
        """Return the settings with which the server uses TLS and a certificate of this authority."""
        authority.certificate("IP:127.0.0.1")
        for name in ("server.pem", "server.key"):
            self._own(Path(shutil.copy(authority.folder / name, self.folder)))
        return ["ssl=on", f"ssl_cert_file={self.folder / 'server.pem'}", f"ssl_key_file={self.folder / 'server.key'}"]

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the superuser, and return the rows of the last one."""
        with closing(self.connect(database)) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create_schema(self) -> str:
        """Return the URL of an empty schema in a database that the tests share.

        A schema is created in a millisecond, a database in 200.
        """
        schema = f"test_{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {schema} AUTHORIZATION {USER}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{schema}"

    def create_database(self, *, owner: str = USER) -> str:
        """Return the name of an empty database."""
        database = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {database} OWNER {owner}")
        return database

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    @staticmethod
    def _own(path: Path) -> None:
        """Give a file or folder to the server's user alone."""
        path.chmod(0o700 if path.is_dir() else 0o600)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")

    def connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the superuser, with every statement a transaction of its own."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=SUPERUSER, password=PASSWORD, autocommit=True
        )

    def _accepts_connections(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def _command(program: str, *arguments: str) -> list[str]:
    folder = programs()
    assert folder is not None, MISSING
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return [*as_postgres, str(folder / program), *arguments]
