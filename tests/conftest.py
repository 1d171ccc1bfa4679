"""Fixtures that every topic shares. No test reaches another computer or reads the user's own settings."""

from __future__ import annotations

import compileall
import contextlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets

from mimecast.api import retry
from mimecast.api.tokens import PROCESS_TOKENS
from mimecast.capture.scheduler_templates import DATABASE_VARIABLES, NETWORK_VARIABLES
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE
from mimecast.store.store import Store
from mimecast.ui import resources
from mimecast.ui.access.policy import AUTH_MEMORY
from tests.support import browser
from tests.support.clock import TODAY, later
from tests.support.exhaustive import deselect_repetitions, is_exhaustive, mark_repetitions
from tests.support.processes import (
    INTERPRETER_VARIABLES,
    RUN_TIMEOUT_SECONDS,
    CommandLine,
    CommandServer,
    DashboardServer,
)
from tests.support.receivers import MailServer, WebReceiver
from tests.support.requirements import REQUIRE_ALL, skip_or_fail
from tests.support.sandbox import UnmarkedSandbox
from tests.support.server import RunApp, serve
from tests.support.stores import postgresql_cluster
from tests.support.stores.postgresql_cluster import Cluster

CLONED = ("app.py", "pages", "mimecast", "static", ".streamlit/config.toml")

# How fast a test runs says nothing about it, so no example has a deadline.
hypothesis.settings.register_profile("exhaustive", deadline=None)
hypothesis.settings.register_profile("representative", deadline=None, max_examples=25)
Sandbox.stop_poll_seconds = 0.02
hypothesis.settings.load_profile("exhaustive" if is_exhaustive() else "representative")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty home folder, and remove the variables that would configure accounts, the store or the network."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE, *NETWORK_VARIABLES, *DATABASE_VARIABLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return home


@pytest.fixture(scope="session", autouse=True)
def no_component_packages() -> Iterator[None]:
    """Let Streamlit's AppTest find no packages with components, for which it would read the metadata of all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.metadata, "distributions", lambda **_: iter(()))
        yield


@pytest.fixture(autouse=True)
def backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits between the attempts of a request, which say nothing about a test."""
    monkeypatch.setattr(retry, "FIRST_BACKOFF_SECONDS", 0.01)


@pytest.fixture(autouse=True)
def no_tokens() -> None:
    """Drop the tokens of earlier tests: a sandbox may have the port of one that has ended, and rejects its tokens."""
    PROCESS_TOKENS.clear()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what a clone contains, without the secrets and data of the real checkout."""
    copy = tmp_path_factory.mktemp("clone") / "project"
    for part in CLONED:
        source, target = PROJECT / part, copy / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    compileall.compile_dir(copy, quiet=1)  # once, not in each dashboard that runs in a copy of it
    return copy


@pytest.fixture
def isolated_pages(monkeypatch: pytest.MonkeyPatch, project: Path) -> Iterator[None]:
    """Run pages from the copied project, with the secrets that AppTest gives them and nothing of another test."""
    for module in ("settings.secrets_files", "settings.store_url", "settings.dashboard", "sandbox.sample_data"):
        monkeypatch.setattr(f"mimecast.{module}.PROJECT", project)
    monkeypatch.setattr(st, "secrets", Secrets())
    get_option = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: [] if name == "secrets.files" else get_option(name))
    monkeypatch.setattr(AUTH_MEMORY, "auth_was_configured", False)
    monkeypatch.chdir(project)
    yield
    resources.forget_everything()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Choose the tests that run by default, after `-m` and `-k` have chosen theirs."""
    mark_repetitions(items)
    yield
    deselect_repetitions(config, items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each kind of database that the mark `databases` names."""
    mark = metafunc.definition.get_closest_marker("databases")
    if mark and "store_url" in metafunc.fixturenames:
        metafunc.parametrize("store_url", mark.args, indirect=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL server that only this test process uses."""
    if postgresql_cluster.programs() is None:
        skip_or_fail(postgresql_cluster.MISSING)
    cluster = Cluster.create()
    yield cluster
    cluster.remove()


@pytest.fixture
def empty_database(cluster: Cluster) -> str:
    """Return the name of an empty PostgreSQL database of the test's own."""
    return cluster.create_database()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL server for one test, which may stop it."""
    cluster = Cluster.create()
    yield cluster
    cluster.remove()


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    """Return a server that receives notifications by HTTP."""
    with WebReceiver().serve() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """Return a server that receives notifications as mail."""
    with MailServer().serve() as server:
        yield server


@pytest.fixture
def postgresql_url(cluster: Cluster) -> str:
    """Return the URL of an empty schema on a real PostgreSQL server."""
    return cluster.create_schema()


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty store: a SQLite file, unless the mark `databases` chooses another kind."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'store' / 'snapshots.db'}"


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the SQLite file of an empty store, so that its tables are not created for each test."""
    file = tmp_path_factory.mktemp("empty") / "snapshots.db"
    Store.open(f"sqlite:///{file}")
    return file


@pytest.fixture
def store(store_url: str, empty_file: Path) -> Store:
    """Return an empty store, for which no snapshot of a test is in the future."""
    file = Path(store_url.removeprefix("sqlite:///"))
    if store_url.startswith("sqlite:///") and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty_file, file)
    return Store.open(store_url, clock=later)


@pytest.fixture
def company() -> DemoCompany:
    """Return the demo company as of `TODAY`."""
    return DemoCompany(TODAY)


@pytest.fixture
def sandbox(company: DemoCompany) -> Iterator[Sandbox]:
    """Serve the demo company's score counts of `TODAY` on a free port, without saying that it is a sandbox."""
    with UnmarkedSandbox(lambda: company.counts_on(TODAY)) as server:
        yield server


@pytest.fixture
def account_variables(sandbox: Sandbox, store_url: str) -> dict[str, str]:
    """Return environment variables for an account of the sandbox and an empty store."""
    keys = sandbox.keys
    return {
        "MIMECAST_NAME": "Contoso",
        "MIMECAST_BASE_URL": sandbox.base_url,
        "MIMECAST_ACCESS_KEY": keys.access_key,
        "MIMECAST_SECRET_KEY": keys.secret_key,
        "MIMECAST_APP_ID": keys.app_id,
        "MIMECAST_APP_KEY": keys.app_key,
        "SNAPSHOTS_URL": store_url,
    }


@pytest.fixture
def account_secrets(sandbox: Sandbox, store_url: str) -> dict[str, Any]:
    """Return secrets with an account of the sandbox, whose name contains markup, and an empty store."""
    keys = sandbox.keys
    account = {
        "name": "Contoso *Ltd* <b>$x$</b>",
        "base_url": sandbox.base_url,
        "access_key": keys.access_key,
        "secret_key": keys.secret_key,
        "app_id": keys.app_id,
        "app_key": keys.app_key,
    }
    return {"mimecast": account, "connections": {"snapshots": {"url": store_url}}}


@pytest.fixture(scope="session")
def command_server(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandServer | None]:
    """Return a process that has already imported the command line, where the system can fork."""
    if not hasattr(os, "fork"):
        yield None
        return
    with CommandServer(project, tmp_path_factory.mktemp("commands")) as server:
        yield server


@pytest.fixture
def command_line(command_server: CommandServer | None, project: Path, tmp_path: Path) -> CommandLine:
    """Run `python -m mimecast ...` in an empty folder, as a user would, with only the given variables added.

    A run with variables that Python reads when it starts, or with `output_encoding`, has an interpreter of its own, and
    pipes instead of files as its output.
    """

    def run(
        *arguments: str,
        variables: dict[str, str] | None = None,
        text: str | None = None,
        output_encoding: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **(variables or {}), "PYTHONPATH": str(project)}
        is_own = output_encoding or any(name.startswith(INTERPRETER_VARIABLES) for name in variables or {})
        if command_server and not is_own:
            return command_server.run(arguments, environment, tmp_path, text)
        command = [sys.executable, "-m", "mimecast", *arguments]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding=output_encoding,
            env=environment,
            cwd=tmp_path,
            timeout=RUN_TIMEOUT_SECONDS,
            input=text,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def sample_url(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server on sample data, for the tests that change nothing."""
    folder = tmp_path_factory.mktemp("sample") / "clone"
    shutil.copytree(project, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(folder.parent))
        with serve(folder, {}) as url:
            yield url


@pytest.fixture(scope="session")
def dashboard_server() -> Iterator[DashboardServer | None]:
    """Return a process that has already imported the libraries of a dashboard, where the system can watch its forks."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    with DashboardServer() as server:
        yield server


@pytest.fixture
def run_app(
    request: pytest.FixtureRequest, project: Path, tmp_path: Path, dashboard_server: DashboardServer | None
) -> RunApp:
    """Return a context manager that runs a new server of a new clone and yields its address.

    `secrets` is the content of the clone's secrets.toml, and `options` are added to `streamlit run`. Without arguments
    it yields the address of the server on sample data, which the tests share.
    """

    @contextlib.contextmanager
    def run(
        variables: dict[str, str] | None = None,
        *,
        secrets: str | bytes | None = None,
        name: str = "clone",
        is_unprivileged: bool = False,
        options: Sequence[str] = (),
    ) -> Iterator[str]:
        if variables is None and secrets is None and not options:
            yield request.getfixturevalue("sample_url")
            return
        clone = tmp_path / name
        if not clone.exists():
            shutil.copytree(project, clone)
        if secrets is not None:
            text = secrets if isinstance(secrets, bytes) else secrets.encode()
            # Streamlit waits for 0.4 s at its start where only one of its two files is there.
            for folder, content in ((clone, text), (Path(os.environ["HOME"]), b"")):
                file = folder / ".streamlit" / "secrets.toml"
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(content)
                file.chmod(0o600)
        with serve(
            clone,
            variables or {},
            is_unprivileged=is_unprivileged,
            options=options,
            dashboard_server=dashboard_server,
        ) as url:
            yield url

    return run


def pytest_report_header() -> list[str]:
    """Say which programs the tests found."""
    return [
        f"Chromium: {browser.chromium() or browser.MISSING}",
        f"PostgreSQL: {postgresql_cluster.programs() or postgresql_cluster.MISSING}",
        "Tests: all" if is_exhaustive() else f"Tests: a representative part; {REQUIRE_ALL}=1 runs all",
    ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where every test must run and one was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(REQUIRE_ALL) and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
