"""A PostgreSQL server for the tests: a throw-away cluster of its own on a free port of this computer."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.support.browser import eventually
from tests.support.networks import Authority

MISSING = (
    "No PostgreSQL server was found, so the tests on it cannot run. "
    "Install it (Debian: apt-get install postgresql) or name the folder of its programs in POSTGRESQL."
)
SUPERUSER = "postgres"
USER = "dashboard"
PASSWORD = "recognisable p@ss/w:rd%41"
"""With every sign that a URL makes something of."""

FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "log_min_messages=log")


def programs() -> Path | None:
    """The folder of the newest server that is installed, where Debian keeps them or where POSTGRESQL says."""
    if named := os.environ.get("POSTGRESQL"):
        return Path(named) if (Path(named) / "postgres").exists() else None
    found = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


@dataclass
class Cluster:
    """A running server. Its superuser makes schemas and databases; `USER` owns them, as the dashboard would."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def make(cls, *settings: str) -> Cluster:
        """Initialise and start one. As root it belongs to the system's user postgres: the server refuses to be root."""
        made = cls(Path(tempfile.mkdtemp(prefix="safe-score-postgresql-")), _free_port())
        try:
            made._initialise()
            made.start(*settings)
            made.run(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        except BaseException:
            made.remove()
            raise
        return made

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        self._own(self.folder)
        self._own(password)
        sorted_as_people_do = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8"]
        access = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password}"]
        place = [f"--pgdata={self.folder / 'data'}", "--no-sync"]
        command = _command("initdb", *place, *access, *sorted_as_people_do)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    def start(self, *settings: str) -> None:
        options = [f"-c{one}" for one in (*FASTER, *settings, "listen_addresses=127.0.0.1")]
        place = ["-D", str(self.folder / "data"), "-k", str(self.folder), "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(_command("postgres", *place, *options), stdout=log, stderr=log)
        eventually(self._answers)

    def stop(self) -> None:
        """End it at once, connections and all; what was committed stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def certificate(self, authority: Authority) -> list[str]:
        """The settings with which it speaks TLS, with a certificate of this authority."""
        authority.certificate("IP:127.0.0.1")
        for name in ("server.pem", "server.key"):
            self._own(Path(shutil.copy(authority.folder / name, self.folder)))
        return ["ssl=on", f"ssl_cert_file={self.folder / 'server.pem'}", f"ssl_key_file={self.folder / 'server.key'}"]

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the superuser; the rows of the last one."""
        with closing(self._connect(database)) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def make_schema(self) -> str:
        """The URL of an empty schema in a database that tests share: made in a millisecond, a database takes 200."""
        schema = f"test_{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {schema} AUTHORIZATION {USER}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{schema}"

    def make_database(self, *, owner: str = USER) -> str:
        """The name of an empty database."""
        database = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {database} OWNER {owner}")
        return database

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    @staticmethod
    def _own(path: Path) -> None:
        """Make it the server's: nobody else reads it."""
        path.chmod(0o700 if path.is_dir() else 0o600)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")

    def _connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=SUPERUSER, password=PASSWORD, autocommit=True
        )

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def _command(program: str, *arguments: str) -> list[str]:
    folder = programs()
    assert folder is not None, MISSING
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return [*as_postgres, str(folder / program), *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
