"""Whether other computers can reach the dashboard, by every way in which they can."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast.settings.project import PROJECT
from mimecast.settings.reachability import ServerOptions, read_server_options, why_reachable

LOOPBACK = ServerOptions("127.0.0.1", ("localhost", "127.0.0.1", "::1"))


@pytest.mark.parametrize(
    ("options", "page_host", "headers", "reason"),
    [
        (LOOPBACK, "", (), ""),
        (LOOPBACK, "localhost", ("Host", "User-Agent"), ""),
        (LOOPBACK, "::1", (), ""),
        (ServerOptions("unix:/run/scores.sock"), "", (), ""),
        (ServerOptions(None), "", (), "the server listens on every address of this computer"),
        (ServerOptions("0.0.0.0"), "", (), "the server listens on 0.0.0.0"),
        (ServerOptions("192.0.2.7"), "", (), "the server listens on 192.0.2.7"),
        (
            ServerOptions("127.0.0.1", ("scores.contoso.com",)),
            "",
            (),
            "the dashboard can be opened as scores.contoso.com",
        ),
        (LOOPBACK, "scores.contoso.com", (), "the dashboard can be opened as scores.contoso.com"),
        (LOOPBACK, "localhost", ("X-Forwarded-For",), "requests come through a proxy"),
        (LOOPBACK, "localhost", ("forwarded",), "requests come through a proxy"),
    ],
)
def test_each_way_to_the_dashboard_is_named(
    options: ServerOptions, page_host: str, headers: tuple[str, ...], reason: str
) -> None:
    assert why_reachable(options, page_host=page_host, headers=headers) == reason


def test_the_command_line_reads_the_options_of_the_server(tmp_path: Path) -> None:
    home, project = tmp_path / "home.toml", tmp_path / "project.toml"
    home.write_text('[server]\naddress = "192.0.2.7"\nallowedHosts = ["a.contoso.com"]\n')
    assert read_server_options([home, project], {}) == ServerOptions("192.0.2.7", ("a.contoso.com",))
    project.write_text('[server]\naddress = "127.0.0.1"\n')
    assert read_server_options([home, project], {}) == ServerOptions("127.0.0.1", ("a.contoso.com",))
    variables = {"STREAMLIT_SERVER_ADDRESS": "::", "STREAMLIT_SERVER_ALLOWED_HOSTS": "b.contoso.com, c.contoso.com"}
    assert read_server_options([home, project], variables) == ServerOptions("::", ("b.contoso.com", "c.contoso.com"))


def test_the_dashboard_can_be_reached_by_this_computer_only_by_default() -> None:
    assert why_reachable(read_server_options([PROJECT / ".streamlit" / "config.toml"], {})) == ""
