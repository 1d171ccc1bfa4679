"""The files `secrets.toml`: where they are looked for, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast.settings.project import PROJECT
from mimecast.settings.secrets_files import read_secrets_files, secrets_files
from mimecast.settings.validation import SettingsError


def test_the_file_is_looked_for_where_streamlit_looks(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert secrets_files() == [folder / ".streamlit" / "secrets.toml" for folder in (home, tmp_path, PROJECT)]


def test_the_file_in_the_home_folder_is_read(home: Path) -> None:
    file = home / ".streamlit" / "secrets.toml"
    file.parent.mkdir()
    file.write_text('[mimecast]\nname = "Contoso"\n')
    assert read_secrets_files(secrets_files()[:1]) == {"mimecast": {"name": "Contoso"}}


def test_secrets_files_are_merged_by_table_and_a_missing_one_is_no_mistake(tmp_path: Path) -> None:
    home, project = tmp_path / "home.toml", tmp_path / "project.toml"
    home.write_text('[mimecast]\nname = "A"\n[dashboard]\ntime_zone = "UTC"\n')
    project.write_text('[mimecast]\nname = "B"\n')
    read = read_secrets_files([home, tmp_path / "none.toml", project])
    assert read == {"mimecast": {"name": "B"}, "dashboard": {"time_zone": "UTC"}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[mimecast]\nname = recognisable\n", "is not valid TOML, at line 2, column 8"),
        (b'[mimecast]\nname = "recognisable', "is not valid TOML, at"),
        (b"name = '\xe9'", "is not UTF-8 text"),
        ('name = "recognisable"'.encode("utf-16"), "is UTF-16 instead of UTF-8 text"),
        ('name = "recognisable"'.encode("utf-16-le"), "is UTF-16 instead of UTF-8 text"),
        (b"a = " + b"[" * 100_000, "is not valid TOML, because it is nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "secrets.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_secrets_files([file])
    assert message in str(caught.value)
    assert "recognisable" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_folder_in_the_place_of_the_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_secrets_files([tmp_path])


def test_a_byte_order_mark_at_the_start_of_the_file_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_bytes(b'\xef\xbb\xbf[mimecast]\r\nname = "Contoso"\r\n')
    assert read_secrets_files([file]) == {"mimecast": {"name": "Contoso"}}


def test_a_path_through_a_file_is_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").touch()
    assert read_secrets_files([tmp_path / ".streamlit" / "secrets.toml"]) == {}


def test_without_a_home_folder_the_other_places_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.chdir(tmp_path)
    assert secrets_files() == [folder / ".streamlit" / "secrets.toml" for folder in (tmp_path, PROJECT)]
