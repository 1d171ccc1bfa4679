"""No query, cache, chart or export of one account ever shows another's numbers.

Three accounts, one of API 2.0 between two of API 1.0, each with counts, sums and shares that no other has.
"""

from __future__ import annotations

import base64
import inspect
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pypdfium2
import pytest
from plotly.offline import get_plotlyjs
from streamlit.testing.v1 import AppTest

from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.formatting import format_int, format_percent
from mimecast.reports.snapshots.reader import read_snapshots
from mimecast.store.account_status import load_account_records
from mimecast.store.leases import Lease
from mimecast.store.normal_range import load_baseline, load_judged_changes
from mimecast.store.scheduled_runs import last_runs, load_schedule_status, newest_runs, save_runs
from mimecast.store.store import Store
from mimecast.ui.navigation import PAGES
from mimecast.ui.widgets.grade_tables import ALL_ROWS_KEY
from tests.support.app import downloads_of, make_app, wait_for_refresh
from tests.support.clock import NOW
from tests.support.exhaustive import is_exhaustive, sample
from tests.support.sandbox import UnmarkedSandbox

BASES = {
    "alpha": ScoreCounts(40_011, 11_021, 22_031, 7_741, 3_251),
    "beta": ScoreCounts(9_061, 13_071, 5_081, 17_291, 5_501),
    "gamma": ScoreCounts(6_311, 7_523, 8_731, 23_011, 29_021),
}
NAMES = {"alpha": "Alphaville", "beta": "Betamax", "gamma": "Gammaray"}
DAYS_AGO = (400, 100, 60, 33, 31, 8, 1, 0)
OF_ALL = "pages/accounts.py"
UTC_ZONE = ZoneInfo("UTC")


def counts_of(account: str, days_ago: int) -> ScoreCounts:
    return replace(BASES[account], a=BASES[account].a + 3 * days_ago, f=BASES[account].f + 7 * days_ago)


@dataclass(frozen=True)
class Marks:
    """What gives an account away: its name, its counts, sums and shares, as numbers and as they are written. `own`
    holds all its shares as they are written: of small ones, several accounts may have the same."""

    numbers: frozenset[float]
    words: frozenset[str]
    own: frozenset[str]


def marks_of(account: str) -> Marks:
    numbers: set[float] = set()
    words, own = {NAMES[account]}, set[str]()
    for days in DAYS_AGO:
        counts = counts_of(account, days)
        users = [*astuple(counts)[:5], counts.users_graded, counts.at_risk, counts.doing_well]
        shares = [share for count in users if (share := counts.share(count)) is not None and share < 100]
        rounded = {round(share, digits) for share in shares for digits in (2, 3, 4)}
        numbers |= {*users, *(share for share in rounded if share != round(share, 1))}
        words |= {format_int(count) for count in users} | {str(count) for count in users if count > 2100}
        words |= {
            format_percent(share) for share in (counts.share(counts.at_risk), counts.share(counts.doing_well)) if share
        }
        own |= {format_percent(share) for share in shares}
    return Marks(frozenset(numbers), frozenset(words), frozenset(own))


MARKS = {account: marks_of(account) for account in BASES}


def words_in(text: str) -> set[str]:
    """Return the words of a text that can identify an account: whole numbers, shares with their sign, names."""
    text = text.replace("\\", "").replace("\u00a0", " ")
    grouped, plain = r"(?<![\w,-])\d{1,3}(?:,\d{3})+(?![\w,-])", r"(?<![\w-])\d+(?![\w-])"
    words = {word for form in (r"\d+\.\d%", grouped, plain) for word in re.findall(form, text)}
    return words | {name for name in NAMES.values() if name in text}


def written_in(file: bytes) -> str:
    """Return the text of a file.

    Of a slide deck or workbook it is that of all parts, also of workbooks in charts; of a web page that without the
    library that draws it.
    """
    if file.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(file) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    if not zipfile.is_zipfile(io.BytesIO(file)):
        return file.decode().replace(get_plotlyjs(), "")
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        texts = (name for name in parts.namelist() if name.endswith((".xml", ".rels", ".xlsx")))
        return "\n".join(written_in(parts.read(name)) for name in texts)


def others_in(account: str, text: str, numbers: set[float]) -> set[object]:
    words = words_in(text)
    foreign: set[object] = set()
    for other, marks in MARKS.items():
        if other != account:
            foreign |= words & (marks.words - MARKS[account].own)
            foreign |= numbers & (marks.numbers - MARKS[account].numbers)
    return foreign


def test_the_marks_tell_the_accounts_apart() -> None:
    for account, marks in MARKS.items():
        for other, other_marks in MARKS.items():
            if account != other:
                assert not marks.words & other_marks.words
                assert len(marks.numbers & other_marks.numbers) < 5
    assert others_in("alpha", "x 9,061 users", set()) == {"9,061"}
    assert others_in("alpha", "Betamax", {23_011}) == {"Betamax", 23_011}


@pytest.fixture
def together(store: Store) -> Store:
    """All three in one store, each with a run of its own."""
    for minutes, account in enumerate(BASES):
        taken = {days: NOW - timedelta(days=days, minutes=minutes) for days in DAYS_AGO}
        store.add([Snapshot(account, taken[days], counts_of(account, days)) for days in DAYS_AGO])
        save_runs(store, Run(account, NOW, NOW, RunOutcome.FAILED, NAMES[account], f"{NAMES[account]} failed."))
    return store


EVERYTHING = (NOW - timedelta(days=1000), NOW + timedelta(days=1))
READS: dict[str, Callable[[Store, str], object]] = {
    "newest": lambda store, account: store.newest(account),
    "oldest_of": lambda store, account: store.oldest_of([account]),
    "first_since": lambda store, account: store.first_since(account, EVERYTHING[0]),
    "newest_of": lambda store, account: store.newest_of([account]),
    "oldest": lambda store, account: store.oldest(account),
    "misdated_snapshots": lambda store, account: store.misdated_snapshots(account),
    "all_snapshots": lambda store, account: list(store.all_snapshots(account)),
    "last_in_each": lambda store, account: store.last_in_each(account, [EVERYTHING]),
    "risk_levels_in_each": lambda store, account: store.risk_levels_in_each([account], [EVERYTHING]),
    "count_covered": lambda store, account: store.count_covered(account, [EVERYTHING]),
}
"""Every method of the store that is about accounts."""

QUERIES: dict[str, Callable[[Store, str], object]] = {
    "newest_runs": newest_runs,
    "last_runs": lambda store, account: last_runs(store, [account]),
    "load_schedule_status": load_schedule_status,
    "load_judged_changes": lambda store, account: load_judged_changes(store, [newest(store, account)], UTC_ZONE),
    "load_baseline": lambda store, account: load_baseline(store, [newest(store, account)], UTC_ZONE, 30, 3),
}


def newest(store: Store, account: str) -> Snapshot:
    snapshot = store.newest(account)
    assert snapshot is not None
    return snapshot


def test_every_method_of_the_store_that_is_about_an_account_is_looked_at() -> None:
    about = {
        name
        for name, method in inspect.getmembers(Store, inspect.isfunction)
        if not name.startswith("_") and {"account", "accounts"} & set(inspect.signature(method).parameters)
    }
    assert about == set(READS)


@pytest.mark.parametrize("read", [*READS.values(), *QUERIES.values()], ids=[*READS, *QUERIES])
def test_a_query_about_one_account_gives_what_a_store_of_its_own_would_give(
    together: Store, tmp_path: Path, read: Callable[[Store, str], object]
) -> None:
    for account in BASES:
        alone = Store.open(f"sqlite:///{tmp_path / account}.db")
        alone.add(together.all_snapshots(account))
        save_runs(alone, Run(account, NOW, NOW, RunOutcome.FAILED, NAMES[account], f"{NAMES[account]} failed."))
        mine = read(together, account)
        assert mine == read(alone, account)
        assert not others_in(account, repr(mine), set())


def test_the_lease_of_one_account_leaves_the_others_free(together: Store) -> None:
    leases = {account: Lease(together, account) for account in BASES}
    assert all(lease.acquire() for lease in leases.values())
    leases["alpha"].release()
    assert Lease(together, "alpha").acquire()
    assert not Lease(together, "beta").acquire()


@pytest.mark.parametrize("accounts", [["alpha"], ["gamma", "alpha"], ["beta", "gamma", "alpha"]], ids=",".join)
def test_the_records_of_several_accounts_are_kept_apart(together: Store, accounts: list[str]) -> None:
    records = load_account_records(together, accounts, NOW.date(), UTC_ZONE)
    for part in (records.newest, records.then, records.judged, records.weeks, records.runs):
        assert set(part) == set(accounts)
        for account, record in part.items():
            assert not others_in(account, repr(record), set())
    for account in accounts:
        assert records.newest[account] == newest(together, account)
        levels = records.weeks[account].levels
        assert not others_in(account, "", {level.at_risk for level in levels if level})


@pytest.fixture
def secrets(store: Store, store_url: str) -> Iterator[dict[str, Any]]:
    """A Mimecast for each account, which answers with its newest counts; what is older is stored."""
    now = datetime.now(UTC)
    for account in BASES:
        store.add([Snapshot(account, now - timedelta(days=days), counts_of(account, days)) for days in DAYS_AGO[:-1]])
    with (
        UnmarkedSandbox(lambda: counts_of("alpha", 0)) as alpha,
        UnmarkedSandbox(lambda: counts_of("beta", 0)) as beta,
        UnmarkedSandbox(lambda: counts_of("gamma", 0)) as gamma,
    ):
        first = {key: getattr(alpha.keys, key) for key in ("access_key", "secret_key", "app_id", "app_key")}
        second = {key: getattr(beta.api2.keys, key) for key in ("client_id", "client_secret")}
        accounts = {
            "alpha": {"name": NAMES["alpha"], "base_url": alpha.base_url, **first},
            "beta": {"name": NAMES["beta"], "base_url": beta.base_url, **second},
            "gamma": {"name": NAMES["gamma"], "base_url": gamma.base_url, **first},
        }
        yield {"mimecast": {"accounts": accounts}, "connections": {"snapshots": {"url": store_url}}}


def make_session(project: Path, secrets: dict[str, Any], account: str) -> AppTest:
    """Return a session in which an account is chosen, on the Overview."""
    app = make_app(project, secrets, {"account": account, "range": "all"})
    app.session_state[ALL_ROWS_KEY] = True
    return app.run()


def open_script(app: AppTest, script: str) -> None:
    """Go to a page, unless it is the Overview that is open, and wait until its automatic refresh has ended."""
    if script != "app.py":
        app.switch_page(script).run()
    wait_for_refresh(app)


def shown(app: AppTest, account: str) -> tuple[str, set[float]]:
    """Return every text on the page and every number in its figures and tables.

    The account picker and the status board, which are about all accounts, are left out.
    """
    texts: list[str] = []
    numbers: set[float] = set()
    for kind in (app.title, app.header, app.markdown, app.caption, app.warning, app.info, app.code, app.error):
        texts += [str(element.value) for element in kind]
    for figure in app.get("plotly_chart"):
        texts.append(figure.proto.alt)
        collect(json.loads(figure.proto.spec), texts, numbers)
    bodies = [html.proto.body for html in app.get("html")]
    texts += [body for body in bodies if "Last scheduled run" not in body]
    for table in app.dataframe:
        collect(json.loads(table.value.to_json(orient="split", date_format="iso")), texts, numbers)
        texts.append(table.proto.alt)
    return "\n".join(texts), numbers


def collect(part: Any, texts: list[str], numbers: set[float]) -> None:
    if isinstance(part, dict) and "bdata" in part:
        numbers |= {float(number) for number in np.frombuffer(base64.b64decode(part["bdata"]), dtype=part["dtype"])}
    elif isinstance(part, dict):
        for value in part.values():
            collect(value, texts, numbers)
    elif isinstance(part, list):
        for item in part:
            collect(item, texts, numbers)
    elif isinstance(part, str):
        texts.append(part)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        numbers.add(part)


@pytest.mark.usefixtures("isolated_pages")
def test_no_page_and_no_file_of_one_account_holds_anything_of_another(
    project: Path, secrets: dict[str, Any], store: Store
) -> None:
    """Every page for each account in turn, and once more with every cache warm, in new sessions.

    By default, for one account of each API, every other page, and files only with warm caches. A picture has no text.
    """
    accounts = [*BASES] if is_exhaustive() else ["alpha", "beta"]
    for are_caches_warm in (False, True):
        sessions = {account: make_session(project, secrets, account) for account in accounts}
        for script in sample((script for script, _, _ in PAGES if script != OF_ALL), 2):
            for account, app in sessions.items():
                open_script(app, script)
                if script == "pages/connection.py":
                    app.button(key="check").click().run()
                text, numbers = shown(app, account)
                assert not others_in(account, text, numbers), script
                if script in ("app.py", "pages/history.py"):
                    assert NAMES[account] in text
                    assert words_in(text) & (MARKS[account].words - {NAMES[account]})
                if not (are_caches_warm or is_exhaustive()):
                    continue
                downloads = [download for download in downloads_of(app) if not download.file_name.endswith(".png")]
                files = [download.make() for download in downloads]
                for file in files:
                    if file.startswith(b"SQLite format 3"):
                        continue  # the backup, which is of all accounts and described as such
                    assert not others_in(account, written_in(file), set()), script
                if script in ("app.py", "pages/history.py"):
                    assert words_in(files[0].decode("utf-8-sig")) & MARKS[account].words
    for account in accounts:
        stored_counts = {snapshot.counts for snapshot in store.all_snapshots(account)}
        assert stored_counts == {counts_of(account, days) for days in DAYS_AGO}


@pytest.mark.usefixtures("isolated_pages")
def test_each_row_of_all_accounts_holds_its_own_numbers(project: Path, secrets: dict[str, Any]) -> None:
    for account in BASES:
        wait_for_refresh(make_session(project, secrets, account))  # asks, and stores today's
    for _ in range(2):
        app = make_session(project, secrets, "beta")
        open_script(app, OF_ALL)
        (table,) = app.dataframe
        assert list(table.value["Account"]) == list(NAMES.values())
        for account, (_, row) in zip(BASES, table.value.iterrows(), strict=True):
            counts = counts_of(account, 0)
            assert row["Users graded"] == counts.users_graded
            assert row["At risk"] == round(counts.share(counts.at_risk) or 0, 1)
            assert not others_in(account, " ".join(map(str, row)), {float(share) for share in row["Last year"]})
        for account, line in zip(BASES, downloads_of(app)[-1].make().decode("utf-8-sig").splitlines()[1:], strict=True):
            assert line.startswith(f"{account},{NAMES[account]},")
            assert not others_in(account, line, set())
        (figure,) = app.get("plotly_chart")
        spec = json.loads(figure.proto.spec)
        panels = dict(zip(["gamma", "beta", "alpha"], spec["data"], strict=True))  # the largest share first
        for account, panel in panels.items():
            texts: list[str] = []
            numbers: set[float] = set()
            collect(panel, texts, numbers)
            assert not others_in(account, "\n".join(texts), numbers)
            assert numbers & MARKS[account].numbers


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_of_one_account_holds_that_account_only(
    together: Store, store_url: str, command_line: Callable[..., CompletedProcess[str]], form: str
) -> None:
    for account in BASES:
        done = command_line("export", "--account", account, "--format", form, variables={"SNAPSHOTS_URL": store_url})
        assert done.returncode == 0
        written = read_snapshots(done.stdout.encode(), now=NOW)
        assert written == [replace(snapshot, source=Source.IMPORTED) for snapshot in together.all_snapshots(account)]
        assert not others_in(account, done.stdout, set())
