"""Reproducible installs: every requirement has an exact version, which the ranges allow."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement

from mimecast.settings.project import PROJECT

FILES = ("requirements.txt", "requirements-postgres.txt", "requirements-images.txt", "requirements-dev.txt")


def lines_of(name: str) -> list[str]:
    lines = (line.partition(" #")[0].strip() for line in (PROJECT / name).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def pins() -> dict[str, list[Requirement]]:
    """Return the exact versions by the normalized name; some packages have one for each platform."""
    pinned: dict[str, list[Requirement]] = {}
    for line in lines_of("constraints.txt"):
        requirement = Requirement(line)
        pinned.setdefault(normalized(requirement.name), []).append(requirement)
    return pinned


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", FILES)
def test_each_file_installs_the_pinned_versions(file: str) -> None:
    assert lines_of(file)[0] == "-c constraints.txt"


@pytest.mark.parametrize("file", FILES)
def test_each_requirement_has_a_reason_and_a_pinned_version_in_its_range(file: str) -> None:
    pinned = pins()
    for line in (PROJECT / file).read_text().splitlines():
        if line.startswith("-"):
            continue
        assert " # " in line, f"{line} earns its place in no words"
        requirement = Requirement(line.partition(" #")[0].strip())
        for pin in pinned[normalized(requirement.name)]:
            (specifier,) = pin.specifier
            assert specifier.operator == "=="
            assert requirement.specifier.contains(specifier.version), f"{requirement} against {pin}"
