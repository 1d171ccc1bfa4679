"""Every failure, seen in a browser: the page draws what is stored, with its age, the title and the remedy.

The same run is watched for secrets: nothing recognisable may be in a page, a frame of its WebSocket, the server's log
at DEBUG, the store, or a process's arguments.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from mimecast.api.errors import MimecastError, NameUnknown, ProxyFailed, TlsFailed, Unreachable
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.store.database.tables import waits
from mimecast.store.store import Store
from tests.support.browser import alerts, open_page
from tests.support.clock import TODAY
from tests.support.exhaustive import EXHAUSTIVE, sample
from tests.support.faults import API_2_FAULTS, EXPECTED_ERRORS
from tests.support.networks import Authority, Proxy
from tests.support.secrets import CLIENT, KEYS, LeakDetector, recognisable_sandbox
from tests.support.server import RunApp
from tests.support.waiting import wait_until

BY_API_1 = [fault for fault, error in EXPECTED_ERRORS.items() if error and fault not in API_2_FAULTS]
BY_API_2 = [*sorted(API_2_FAULTS - {"token-expired-once"}), "forbidden", "product-missing", "rate-limited-long"]
"""Beyond its own faults, API 2.0 goes the same way through the code. `test_diagnostics.py` covers every fault."""


PAGES = ("", "history", "connection")


@pytest.fixture
def detector() -> LeakDetector:
    return LeakDetector()


@pytest.fixture
def sandbox(company: DemoCompany, detector: LeakDetector) -> Iterator[Sandbox]:
    with recognisable_sandbox(lambda: company.counts_on(TODAY), detector) as server:
        yield server


@pytest.fixture
def tab(tab: Page, detector: LeakDetector) -> Page:
    def watched(websocket: WebSocket) -> None:
        websocket.on("framereceived", lambda frame: detector.inspect("a WebSocket frame", frame))
        websocket.on("framesent", lambda frame: detector.inspect("a WebSocket frame", frame))

    tab.on("websocket", watched)
    return tab


def table(account: str, base_url: str, generation: int) -> str:
    fields = (
        {"access_key": KEYS.access_key, "secret_key": KEYS.secret_key, "app_id": KEYS.app_id, "app_key": KEYS.app_key}
        if generation == 1
        else {"client_id": CLIENT.client_id, "client_secret": CLIENT.client_secret}
    )
    lines = [f'{key} = "{value}"' for key, value in ({"name": account, "base_url": base_url} | fields).items()]
    return "\n".join([f"[mimecast.accounts.{account}]", *lines, ""])


def stored_an_hour_ago(store_url: str, *accounts: str) -> None:
    taken = datetime.now(UTC) - timedelta(hours=1, minutes=5)
    Store.open(store_url).add([Snapshot(account, taken, ScoreCounts(500, 300, 200, 80, 40)) for account in accounts])


def end_every_wait(store_url: str) -> None:
    """Forget the waits that faults have asked for, as if their time were over."""
    with Store.open(store_url).writing() as connection:
        connection.execute(waits.delete())


def requests_to(sandbox: Sandbox) -> int:
    return sandbox.summary_requests + sandbox.token_requests


def shown_after_refresh(tab: Page, kind: type[MimecastError]) -> None:
    """Press Refresh, and see the error beside what is stored."""
    before = alerts(tab).all_inner_texts()
    tab.get_by_role("button", name="Refresh", exact=True).click()
    wait_until(lambda: alerts(tab).all_inner_texts() not in ([], before), seconds=60)
    alert = tab.get_by_test_id("stAlert").filter(has_text=kind.title)
    expect(alert).to_be_visible(timeout=60_000)
    expect(alert).to_contain_text(" ".join(kind.remedy.split()))
    expect(alert).to_contain_text("The numbers shown were stored earlier.")
    expect(tab.get_by_text(re.compile(r"1,120 users graded · stored, from Mimecast")).first).to_be_visible()
    expect(tab.get_by_text("Taken 1 hour ago")).to_be_visible()
    expect(tab.get_by_test_id("stPlotlyChart")).to_have_count(3)


@pytest.mark.parametrize(
    ("generation", "faults"),
    [pytest.param(1, BY_API_1, marks=EXHAUSTIVE), (2, sample(BY_API_2, 6))],
    ids=["API 1.0", "API 2.0"],
)
def test_every_fault_is_explained_beside_what_is_stored_and_no_secret_is_shown(
    run_app: RunApp,
    tab: Page,
    sandbox: Sandbox,
    detector: LeakDetector,
    store_url: str,
    tmp_path: Path,
    subtests: pytest.Subtests,
    generation: int,
    faults: list[str],
) -> None:
    stored_an_hour_ago(store_url, "contoso")
    secrets = table("contoso", sandbox.base_url, generation)
    with run_app({"SNAPSHOTS_URL": store_url, "STREAMLIT_LOGGER_LEVEL": "debug"}, secrets=secrets) as url:
        open_page(tab, url)
        for fault in faults:
            sandbox.set_fault(fault)
            expected = EXPECTED_ERRORS[fault]
            assert expected
            with subtests.test(fault=fault):
                requests_before = requests_to(sandbox)
                shown_after_refresh(tab, expected[0])
                assert requests_to(sandbox) > requests_before
                detector.inspect("the Overview", tab.content())
            end_every_wait(store_url)
        for page in PAGES[1:]:
            open_page(tab, f"{url}/{page}", has_charts=page != "connection")
            detector.inspect(page, tab.content())
        tab.get_by_role("button", name="Check now").click()
        expect(tab.get_by_text("Copy for support")).to_be_visible()
        tab.get_by_text("Copy for support").click()
        expect(tab.get_by_text("Time of the request")).to_be_visible()
        detector.inspect("the text for support", tab.content())
        detector.inspect_processes()
        sandbox.set_fault(None)
        end_every_wait(store_url)  # the check has asked too
        open_page(tab, url)
        tab.get_by_role("button", name="Refresh", exact=True).click()
        expect(tab.get_by_text("Taken just now")).to_be_visible()
        expect(alerts(tab)).to_have_count(0)
    for file in [*tmp_path.glob("clone-*.log"), *(tmp_path / "store").iterdir()]:
        detector.inspect(file.name, file.read_bytes())
    assert detector.authorizations, "the sandbox was never asked"
    assert detector.leaks == []


@EXHAUSTIVE
def test_what_fails_before_mimecast_is_reached_is_explained_beside_what_is_stored(
    run_app: RunApp, tab: Page, company: DemoCompany, store_url: str, tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "authority")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with ExitStack() as stack:
        secure = stack.enter_context(Sandbox(lambda: company.counts_on(TODAY), tls=authority.certificate()))
        proxy = stack.enter_context(Proxy(("127.0.0.1", 9), "407 Proxy Authentication Required"))
        kinds: dict[str, tuple[str, type[MimecastError]]] = {
            "unknown-host": ("https://no-such-host.invalid", NameUnknown),
            "refused": (closed, Unreachable),
            "inspected": (secure.base_url, TlsFailed),
            "proxied": ("https://mimecast.invalid", ProxyFailed),
        }
        stored_an_hour_ago(store_url, *kinds)
        secrets = "".join(table(account, base_url, 1) for account, (base_url, _) in kinds.items())
        variables = {"HTTPS_PROXY": proxy.url, "NO_PROXY": "127.0.0.1,no-such-host.invalid"}
        url = stack.enter_context(run_app({"SNAPSHOTS_URL": store_url, **variables}, secrets=secrets))
        for account, (_, kind) in kinds.items():
            open_page(tab, f"{url}/?account={account}")
            shown_after_refresh(tab, kind)
