"""The URL of the store in the settings."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast.settings.project import PROJECT
from mimecast.settings.settings import read_settings
from mimecast.settings.store_url import read_store_url
from mimecast.settings.validation import SettingsError


def test_the_store_is_found_relative_to_the_project_and_the_environment_wins() -> None:
    table = {"connections": {"snapshots": {"url": "sqlite:///elsewhere/s.db"}}}
    assert read_store_url(table, {}) == f"sqlite:///{PROJECT / 'elsewhere' / 's.db'}"
    assert read_store_url(table, {"SNAPSHOTS_URL": "sqlite:////srv/s.db"}) == "sqlite:////srv/s.db"
    assert read_store_url({"connections": {"other": {"url": 5}}}, {}).endswith("snapshots.db")
    assert read_store_url({}, {"SNAPSHOTS_URL": "postgresql://host/db"}) == "postgresql://host/db"
    assert read_store_url({}, {"SNAPSHOTS_URL": "sqlite:///s.db"}) == f"sqlite:///{PROJECT / 's.db'}"
    assert read_store_url(table, {"SNAPSHOTS_URL": " "}) == f"sqlite:///{PROJECT / 'elsewhere' / 's.db'}"


def test_a_relative_path_is_relative_to_the_project_with_any_driver() -> None:
    assert read_store_url({}, {"SNAPSHOTS_URL": "sqlite+pysqlite:///s.db"}).endswith(f":///{PROJECT / 's.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://user:pw@host:5432/db"])
def test_any_url_of_sqlalchemy_is_taken_unchanged(url: str) -> None:
    assert read_store_url({"connections": {"snapshots": {"url": url}}}, {}) == url


def test_a_variable_that_is_no_database_url_is_named_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match=r"^SNAPSHOTS_URL is not a database URL") as caught:
        read_store_url({}, {"SNAPSHOTS_URL": "recognisable"})
    assert "recognisable" not in str(caught.value)


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        ({"connections": "recognisable"}, "connections is a single value"),
        ({"connections": {"snapshots": "recognisable"}}, "connections.snapshots is a single value"),
        ({"connections": {"snapshots": {"ulr": "recognisable"}}}, "unknown key 'ulr'. Did you mean url?"),
        ({"connections": {"snapshots": {"url": "..."}}}, "url in [connections.snapshots] is still the example URL"),
        (
            {"connections": {"snapshots": {"url": "postgresql://USER:PASSWORD@HOST/DATABASE"}}},
            "is still the example URL",
        ),
    ],
)
def test_a_wrong_store_is_named_and_not_repeated(secrets: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(secrets, {})
    assert message in str(caught.value)
    assert caught.value.remedy
    assert "recognisable" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("url", ["recognisable", 5, "", None])
def test_a_store_that_is_no_url_is_refused(url: Any) -> None:
    with pytest.raises(SettingsError, match=r"url in \[connections.snapshots\] is not a database URL"):
        read_store_url({"connections": {"snapshots": {"url": url}}}, {})
