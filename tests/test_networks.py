"""Corporate networks: TLS that is trusted or not, the company's own authority, a proxy. Nothing turns checks off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.project import PROJECT
from tests.support.clock import TODAY
from tests.support.networks import Authority, Proxy
from tests.support.processes import CommandLine


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def secure(company: DemoCompany, authority: Authority) -> Iterator[Sandbox]:
    with Sandbox(lambda: company.counts_on(TODAY), tls=authority.certificate()) as server:
        yield server


def variables_of(sandbox: Sandbox, store_url: str, base_url: str | None = None) -> dict[str, str]:
    keys = sandbox.api2.keys
    return {
        "MIMECAST_BASE_URL": base_url or sandbox.base_url,
        "MIMECAST_CLIENT_ID": keys.client_id,
        "MIMECAST_CLIENT_SECRET": keys.client_secret,
        "SNAPSHOTS_URL": store_url,
    }


def test_an_authority_that_no_one_knows_is_refused_and_the_remedy_named(
    command_line: CommandLine, secure: Sandbox, store_url: str
) -> None:
    done = command_line("snapshot", variables=variables_of(secure, store_url))
    assert done.returncode == 1
    assert "The certificate that 127.0.0.1" in done.stderr
    assert "install its certificate authority in this computer's trust store" in done.stderr
    assert secure.api2.tokens_issued == 0


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_authority_that_is_named_or_that_the_system_trusts_is_trusted(
    command_line: CommandLine, secure: Sandbox, authority: Authority, store_url: str, variable: str
) -> None:
    """`SSL_CERT_FILE` is where OpenSSL, and so the operating system's trust store on Linux, looks."""
    done = command_line("snapshot", variables=variables_of(secure, store_url) | {variable: str(authority.file)})
    assert done.stderr == ""
    assert "1,204 users graded" in done.stdout


@pytest.mark.parametrize(
    ("names", "ended"), [("DNS:elsewhere.invalid", False), ("IP:127.0.0.1", True)], ids=["another host's", "ended"]
)
def test_a_certificate_of_another_host_or_that_has_ended_is_refused(
    command_line: CommandLine, company: DemoCompany, authority: Authority, store_url: str, names: str, ended: bool
) -> None:
    with Sandbox(lambda: company.counts_on(TODAY), tls=authority.certificate(names, is_expired=ended)) as server:
        trusted = {"REQUESTS_CA_BUNDLE": str(authority.file)}
        done = command_line("snapshot", variables=variables_of(server, store_url) | trusted)
        assert done.returncode == 1
        assert "is not trusted by this computer" in done.stderr
        assert server.api2.tokens_issued == 0


def test_a_proxy_looks_the_host_up_and_connects(
    command_line: CommandLine, secure: Sandbox, authority: Authority, store_url: str
) -> None:
    port = int(secure.base_url.rpartition(":")[2])
    trusted = {"REQUESTS_CA_BUNDLE": str(authority.file)}
    with Proxy(("127.0.0.1", port)) as proxy:
        variables = variables_of(secure, store_url, "https://mimecast.invalid") | trusted | {"HTTPS_PROXY": proxy.url}
        done = command_line("snapshot", variables=variables)
        assert done.stderr == ""
        assert "1,204 users graded" in done.stdout
        assert {line.rpartition(" ")[0] for line in proxy.request_lines} == {"CONNECT mimecast.invalid:443"}
        checked = command_line("check", variables=variables)
        assert "✓ Host name: Resolved by the proxy at 127.0.0.1." in checked.stdout
        assert "recognisable" not in checked.stdout


def test_a_proxy_that_refuses_is_named(command_line: CommandLine, secure: Sandbox, store_url: str) -> None:
    with Proxy(("127.0.0.1", 9), "407 Proxy Authentication Required") as proxy:
        variables = variables_of(secure, store_url, "https://mimecast.invalid") | {"HTTPS_PROXY": proxy.url}
        done = command_line("snapshot", variables=variables)
    assert done.returncode == 1
    assert "The proxy did not connect this computer to mimecast.invalid." in done.stderr
    assert "Check HTTPS_PROXY" in done.stderr
    assert "recognisable" not in done.stderr


def test_nothing_turns_verification_off() -> None:
    for file in [PROJECT / "app.py", *(PROJECT / "pages").glob("*.py"), *(PROJECT / "mimecast").rglob("*.py")]:
        text = file.read_text()
        for way in ("verify=False", "CERT_NONE", "check_hostname", "_create_unverified_context", "disable_warnings"):
            assert way not in text, file
