"""Fixtures that every topic shares. Nothing here reaches another computer, or the settings of whoever runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets

from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import ENVIRONMENT_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.store_url import STORE_VARIABLE
from mimecast.store.store import Store
from tests.support.browser import MISSING, chromium
from tests.support.postgresql_cluster import MISSING as NO_POSTGRESQL
from tests.support.postgresql_cluster import Cluster, programs

EVERY_DATABASE = pytest.mark.databases("sqlite", "postgresql")
SQLITE_ONLY = pytest.mark.databases("sqlite")
"""For a test about files, logs and permissions in a module that runs on every database."""

FACTS = Path(__file__).parent / "facts"
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, 50, 11, tzinfo=UTC)


def facts(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FACTS / f"{name}.json").read_text())
    return loaded


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home folder without secrets, and no variable of ours: what the machine is configured for stays out."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in (*ENVIRONMENT_KEYS, STORE_VARIABLE, "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return home


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, so that nobody's secrets.toml or data folder is read or written."""
    copy = tmp_path_factory.mktemp("clone") / "project"
    for part in ("app.py", "pages", "mimecast", "static", ".streamlit/config.toml"):
        source, target = PROJECT / part, copy / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return copy


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, project: Path) -> Iterator[None]:
    """Runs pages of the copied project, with nothing cached from another test."""
    for module in ("settings.secrets_files", "settings.store_url", "settings.dashboard", "sandbox.sample_data"):
        monkeypatch.setattr(f"mimecast.{module}.PROJECT", project)
    monkeypatch.setattr(st, "secrets", Secrets())  # what an earlier test's file held stays out
    monkeypatch.chdir(project)
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    databases = metafunc.definition.get_closest_marker("databases")
    if databases and "store_url" in metafunc.fixturenames:
        metafunc.parametrize("store_url", databases.args, indirect=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server that is there for these tests only."""
    if programs() is None:
        if os.environ.get(REQUIRED):
            pytest.fail(NO_POSTGRESQL)
        pytest.skip(NO_POSTGRESQL)
    made = Cluster.make()
    yield made
    made.remove()


@pytest.fixture
def postgresql_url(cluster: Cluster) -> str:
    """An empty place of one's own on a real PostgreSQL server."""
    return cluster.make_schema()


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing is yet: in a SQLite file, or as the test's or its module's mark `databases` says."""
    if getattr(request, "param", "sqlite") == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'store' / 'snapshots.db'}"


@pytest.fixture
def store(store_url: str) -> Store:
    return Store.open(store_url)


@pytest.fixture
def story() -> DemoCompany:
    return DemoCompany(TODAY)


@pytest.fixture
def sandbox(story: DemoCompany) -> Iterator[Sandbox]:
    """A sandbox on a free port that answers with the made-up company's counts of `TODAY`."""
    with Sandbox(lambda: story.counts_on(TODAY)) as server:
        yield server


@pytest.fixture
def account_variables(sandbox: Sandbox, store_url: str) -> dict[str, str]:
    """The environment of a cron job whose account is the sandbox."""
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
def command_line(project: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `python -m mimecast ...` as a person would, in an empty folder, with only the given variables added."""

    def run(
        *arguments: str, variables: dict[str, str] | None = None, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **(variables or {}), "PYTHONPATH": str(project)}
        command = [sys.executable, "-m", "mimecast", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60, input=text, check=False
        )

    return run


REQUIRED = "SAFE_SCORE_REQUIRE_ALL"
"""Set by CI: every test has to run, so a skipped one is a failure."""


def pytest_report_header() -> list[str]:
    return [f"Chromium: {chromium() or MISSING}", f"PostgreSQL: {programs() or NO_POSTGRESQL}"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(REQUIRED) and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
