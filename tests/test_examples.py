"""The configuration examples of the guides, checked by the programs that read them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mimecast.settings.project import PROJECT
from tests.support.networks import Authority
from tests.support.requirements import skip_or_fail

EXAMPLES = PROJECT / "docs" / "examples"


def program(name: str) -> str:
    """Return the path of a program; where it is missing, skip the test."""
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        skip_or_fail(f"{name} is not installed.")
    return path


def check(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr


def test_nginx_accepts_its_example(tmp_path: Path) -> None:
    nginx = program("nginx")
    authority = Authority(tmp_path / "authority")
    authority.certificate()
    site = (EXAMPLES / "nginx.conf").read_text()
    site = site.replace("/etc/ssl/safe-score/fullchain.pem", str(authority.folder / "server.pem"))
    site = site.replace("/etc/ssl/safe-score/privkey.pem", str(authority.folder / "server.key"))
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    )
    check(nginx, "-t", "-c", str(tmp_path / "nginx.conf"))


def test_caddy_accepts_its_example() -> None:
    check(program("caddy"), "validate", "--adapter", "caddyfile", "--config", str(EXAMPLES / "Caddyfile"))


def test_systemd_accepts_the_service_but_for_the_user_and_the_program_that_are_not_there(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    unit = (EXAMPLES / "safe-score-dashboard.service").read_text()
    unit = unit.replace("/opt/safe-score/.venv/bin/streamlit", "/bin/true").replace("User=safe-score", "User=root")
    unit = unit.replace("Group=safe-score", "Group=root")
    (tmp_path / "safe-score-dashboard.service").write_text(unit)
    result = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / "safe-score-dashboard.service")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    complaints = [line for line in result.stderr.splitlines() if "safe-score-dashboard.service" in line]
    assert complaints == []


@pytest.mark.parametrize("name", ["MemoryMax=", "TasksMax=", "ProtectSystem=strict", "NoNewPrivileges=true"])
def test_the_service_is_limited_and_hardened(name: str) -> None:
    assert name in (EXAMPLES / "safe-score-dashboard.service").read_text()
