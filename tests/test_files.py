"""Atomic file replacement: complete or unchanged, private to one writer, and nothing left behind."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mimecast.files import replace_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def test_a_new_file_appears_only_when_it_is_complete(folder: Path) -> None:
    file = folder / "report.html"
    with replace_file(file) as out:
        out.write(b"new")
        assert not file.exists()
    assert file.read_bytes() == b"new"
    assert list(folder.iterdir()) == [file]


def test_a_block_that_raises_leaves_the_old_file_and_nothing_else(folder: Path) -> None:
    file = folder / "report.html"
    file.write_bytes(b"old")

    def write_until_ctrl_c() -> None:
        with replace_file(file) as out:
            out.write(b"ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_until_ctrl_c()
    assert file.read_bytes() == b"old"
    assert list(folder.iterdir()) == [file]


def test_two_writers_at_the_same_time_do_not_mix(folder: Path) -> None:
    file = folder / "report.html"
    with replace_file(file) as first, replace_file(file) as second:
        first.write(b"first")
        second.write(b"second, and longer")
    assert file.read_bytes() == b"first", "the one that ends last wins"
    assert list(folder.iterdir()) == [file]


def test_the_file_gets_the_permissions_of_any_new_file(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        with replace_file(folder / "report.html") as out:
            out.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "report.html").stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["missing/report.html", "taken", "."])
def test_a_place_that_cannot_be_written_raises_an_os_error_and_leaves_nothing(folder: Path, name: str) -> None:
    (folder / "taken").mkdir()
    with pytest.raises(OSError, match=r"\[Errno"), replace_file(folder / name) as out:
        out.write(b"new")
    assert [path.name for path in folder.iterdir()] == ["taken"]
