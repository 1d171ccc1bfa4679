"""No secret in what the command line prints, logs at DEBUG, raises or writes, even when it fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast.api.client import Client
from mimecast.api.errors import MimecastError
from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.api.retry import RetryPolicy
from mimecast.api.tokens import TokenCache
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.faults import FAULTS
from mimecast.sandbox.server import Sandbox
from tests.support.clock import TODAY
from tests.support.exhaustive import CROSSED, every_nth
from tests.support.processes import CommandLine
from tests.support.secrets import CLIENT, KEYS, LeakDetector, recognisable_sandbox

AT_ONCE = RetryPolicy(1000.0, sleep=lambda _: None)


@pytest.fixture
def detector() -> LeakDetector:
    return LeakDetector()


@pytest.fixture
def sandbox(company: DemoCompany, detector: LeakDetector) -> Iterator[Sandbox]:
    with recognisable_sandbox(lambda: company.counts_on(TODAY), detector) as server:
        yield server


def everything_of(error: BaseException | None) -> str:
    """Return what an exception and its causes print and contain."""
    if error is None:
        return ""
    printed = "".join(traceback.format_exception(error))
    chain = [error, error.__cause__, error.__context__]
    return printed + "".join(f"{link!r} {link.args} {vars(link)}" for link in chain if link is not None)


@pytest.mark.parametrize("keys", [KEYS, CLIENT], ids=["API 1.0", "API 2.0"])
@pytest.mark.parametrize("fault", [None, *(fault for fault in FAULTS if fault != "silent")])
def test_no_fault_reveals_a_secret_in_an_error_or_a_log(
    sandbox: Sandbox,
    detector: LeakDetector,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    fault: str | None,
    keys: Api1Keys | Api2Keys,
) -> None:
    sandbox.set_fault(fault)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "urllib3"):  # a delivery hides its paths
        try:
            result = Client(sandbox.base_url, keys, retry_policy=AT_ONCE, tokens=TokenCache()).safe_score_summary()
            detector.inspect("the answer", repr(result))
        except MimecastError as error:
            detector.inspect("the error", everything_of(error))
    assert "urllib3" in caplog.text
    detector.inspect("the log", caplog.text)
    detector.inspect("the terminal", "".join(capsys.readouterr()))
    assert detector.authorizations
    assert detector.leaks == []


COMMANDS = (
    ("snapshot",),
    ("snapshot", "--json"),
    ("check",),
    ("check", "--json"),
    ("export",),
    ("export", "--format", "json", "--out", "out.json"),
    ("import", "out.json"),
)


@CROSSED
@pytest.mark.parametrize("fault", every_nth([None, "invalid-signature", "client-refused", "forbidden-in-200"], 3))
@pytest.mark.parametrize("generation", [1, 2])
def test_no_command_reveals_a_secret(
    command_line: CommandLine,
    sandbox: Sandbox,
    detector: LeakDetector,
    store_url: str,
    tmp_path: Path,
    generation: int,
    fault: str | None,
) -> None:
    sandbox.set_fault(fault)
    keys = (
        {"ACCESS_KEY": KEYS.access_key, "SECRET_KEY": KEYS.secret_key, "APP_ID": KEYS.app_id, "APP_KEY": KEYS.app_key}
        if generation == 1
        else {"CLIENT_ID": CLIENT.client_id, "CLIENT_SECRET": CLIENT.client_secret}
    )
    variables = {f"MIMECAST_{name}": value for name, value in (keys | {"BASE_URL": sandbox.base_url}).items()}
    (tmp_path / "out.json").touch()
    for command in COMMANDS:
        run = command_line(*command, variables=variables | {"SNAPSHOTS_URL": store_url})
        detector.inspect(" ".join(command), run.stdout + run.stderr)
        assert "Traceback" not in run.stderr
    for file in [tmp_path / "out.json", *(tmp_path / "store").iterdir()]:
        detector.inspect(file.name, file.read_bytes())
    assert detector.authorizations
    assert detector.leaks == []
