"""One capture: whose clock and which source a snapshot is stored with, and what it warns of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mimecast.api.client import TOLERATED_SKEW
from mimecast.capture.one_account import CapturedSnapshot, capture
from mimecast.domain.scheduled_runs import RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.store.scheduled_runs import newest_runs
from mimecast.store.store import Store
from mimecast.text.stamp import SAMPLE_MARK, Stamp
from tests.support.clock import NOW
from tests.support.processes import CommandLine
from tests.support.sandbox import SkewedSandbox, UnmarkedSandbox

COUNTS = ScoreCounts(5, 4, 3, 2, 1)


def account_of(sandbox: Sandbox) -> Account:
    """Return an account with keys of API 2.0, whose requests have no date that Mimecast could refuse."""
    return Account("contoso", "Contoso", sandbox.base_url, sandbox.api2.keys)


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=400), -timedelta(hours=3), timedelta(minutes=10)])
def test_with_a_wrong_clock_mimecasts_time_is_stored_and_the_clock_is_named(store: Store, ahead: timedelta) -> None:
    with UnmarkedSandbox(lambda: COUNTS) as sandbox:
        captured = capture(account_of(sandbox), store, clock=lambda: datetime.now(UTC) + ahead)
    assert abs(captured.snapshot.taken_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert store.newest("contoso") == captured.snapshot
    (warning,) = captured.warnings
    assert warning.startswith("This computer's clock is ")
    assert "The snapshot is stored with Mimecast's time, " in warning
    assert "Set the clock" in warning


@pytest.mark.parametrize("ahead", [timedelta(0), TOLERATED_SKEW - timedelta(seconds=30), timedelta(seconds=-90)])
def test_a_clock_that_is_off_by_little_is_used(store: Store, ahead: timedelta) -> None:
    with UnmarkedSandbox(lambda: COUNTS) as sandbox:
        captured = capture(account_of(sandbox), store, clock=lambda: datetime.now(UTC) + ahead)
    assert abs(captured.snapshot.taken_at - ahead - datetime.now(UTC)) < timedelta(seconds=20)
    assert captured.warnings == ()


def test_without_a_date_of_mimecasts_the_local_clock_is_used(store: Store) -> None:
    with SkewedSandbox(lambda: COUNTS) as sandbox:
        captured = capture(account_of(sandbox), store, clock=lambda: NOW)
    assert captured.snapshot.taken_at == NOW
    assert captured.warnings == ()


def test_a_date_that_cannot_be_right_is_not_believed(store: Store) -> None:
    with SkewedSandbox(lambda: COUNTS) as sandbox:
        sandbox.clock_offset = datetime(1999, 12, 31, tzinfo=UTC) - datetime.now(UTC)
        captured = capture(account_of(sandbox), store, clock=lambda: NOW)
    assert captured.snapshot.taken_at == NOW


def test_the_command_names_a_wrong_clock_and_the_run_keeps_the_warning(
    command_line: CommandLine, account_variables: dict[str, str], store: Store
) -> None:
    with SkewedSandbox(lambda: COUNTS) as sandbox:
        sandbox.clock_offset = timedelta(days=-2)
        keys = {"CLIENT_ID": sandbox.api2.keys.client_id, "CLIENT_SECRET": sandbox.api2.keys.client_secret}
        variables = {"SNAPSHOTS_URL": account_variables["SNAPSHOTS_URL"], "MIMECAST_BASE_URL": sandbox.base_url}
        done = command_line("snapshot", variables=variables | {f"MIMECAST_{key}": text for key, text in keys.items()})
    assert done.returncode == 0
    assert done.stderr.startswith("default: This computer's clock is 2 days ahead of Mimecast's.")
    (run,) = newest_runs(store, "default")
    assert (run.outcome, run.title) == (RunOutcome.STORED, "")
    assert run.message.startswith("This computer's clock is 2 days ahead of Mimecast's.")
    newest = store.newest("default")
    assert newest is not None
    assert abs(newest.taken_at - (datetime.now(UTC) - timedelta(days=2))) < timedelta(minutes=1)


def test_made_up_counts_of_the_sandbox_have_a_source_of_their_own(store: Store) -> None:
    with Sandbox(lambda: COUNTS) as sandbox, UnmarkedSandbox(lambda: COUNTS) as mimecast:
        made_up, real = replace(account_of(sandbox), id="made-up"), replace(account_of(mimecast), id="real")
        sample = replace(made_up, id="sample")
        assert capture(made_up, store).snapshot.source is Source.SANDBOX
        assert capture(sample, store, source=Source.SAMPLE).snapshot.source is Source.SAMPLE
        assert capture(real, store).snapshot.source is Source.MIMECAST
    stored = {account: snapshot.source for account, snapshot in store.newest_of(["made-up", "sample", "real"]).items()}
    assert stored == {"made-up": Source.SANDBOX, "sample": Source.SAMPLE, "real": Source.MIMECAST}
    assert [source for source in Source if source.is_made_up] == [Source.SAMPLE, Source.SANDBOX]


def test_snapshots_of_the_sandbox_are_marked_as_sample_data(store: Store) -> None:
    with Sandbox(lambda: COUNTS) as sandbox:
        snapshot = capture(account_of(sandbox), store).snapshot
    assert Stamp("Contoso", snapshot, ZoneInfo("UTC"), snapshot.taken_at).source == SAMPLE_MARK


def captured_after(store: Store, before: ScoreCounts | None, answer: str) -> CapturedSnapshot:
    if before:
        store.add([Snapshot("contoso", NOW, before)])
    with UnmarkedSandbox(lambda: COUNTS, fault=answer) as sandbox:
        return capture(account_of(sandbox), store)


@pytest.mark.parametrize(
    ("before", "warnings"),
    [
        (None, ()),
        (ScoreCounts(5, 5, 5), ()),
        (
            ScoreCounts(5, 4, 3, 9, 0),
            (
                "Mimecast's answer has no count for grade D, which 9 users had in the snapshot of "
                "24 Nov 2026, 12:50 UTC. A missing count is stored as 0; check Mimecast's console.",
            ),
        ),
        (
            ScoreCounts(5, 4, 3, 9, 1),
            (
                "Mimecast's answer has no count for grades D and F, which 10 users had in the snapshot of "
                "24 Nov 2026, 12:50 UTC. A missing count is stored as 0; check Mimecast's console.",
            ),
        ),
    ],
    ids=["no snapshot before", "no users before", "one grade", "two grades"],
)
def test_a_missing_grade_is_stored_as_zero_and_named_if_it_had_users(
    store: Store, before: ScoreCounts | None, warnings: tuple[str, ...]
) -> None:
    captured = captured_after(store, before, "grades-missing")
    assert captured.snapshot.counts == ScoreCounts(5, 4, 3)
    assert captured.warnings == warnings
