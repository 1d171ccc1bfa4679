"""`export`: the same range for every kind of data, and workbooks with real dates and the mark of made-up numbers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from mimecast.domain.causes.campaigns import Campaign
from mimecast.domain.snapshot import Source
from mimecast.store.causes.campaigns import save_campaigns
from mimecast.store.store import Store
from tests.support.clock import NOW
from tests.support.exhaustive import every_nth
from tests.support.processes import CommandLine, assert_failed

TOKYO = ZoneInfo("Asia/Tokyo")
INSTANTS = {
    "snapshots": ("taken_at",),
    "departments": ("taken_at",),
    "movement": ("then", "now"),
    "campaigns": ("launched_at",),
}
"""The columns with the instants that `--since` and `--until` limit, by the value of `--data`."""


def write_dashboard(home: Path, text: str) -> None:
    file = home / ".streamlit" / "secrets.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"[dashboard]\n{text}\n")
    file.chmod(0o600)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("data", INSTANTS)
def test_a_range_limits_every_kind_of_data_to_days_of_the_time_zone(
    command_line: CommandLine, home: Path, data: str
) -> None:
    write_dashboard(home, 'time_zone = "Asia/Tokyo"')
    since, until = (str(datetime.now(UTC).date() - timedelta(days=ago)) for ago in (200, 20))
    everything = rows_of(command_line("export", "--data", data).stdout)
    limited = rows_of(command_line("export", "--data", data, "--since", since, "--until", until).stdout)

    def is_between(row: dict[str, str]) -> bool:
        days = [str(datetime.fromisoformat(row[name]).astimezone(TOKYO).date()) for name in INSTANTS[data]]
        return since <= min(days) and max(days) <= until

    assert limited == [row for row in everything if is_between(row)]
    assert 0 < len(limited) < len(everything)


def test_a_campaign_belongs_to_the_day_of_its_launch_and_one_without_is_counted(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, home: Path
) -> None:
    write_dashboard(home, 'time_zone = "Asia/Tokyo"')
    launches = {
        "31 Oct": datetime(2026, 10, 31, 14, 59, tzinfo=UTC),
        "1 Nov": datetime(2026, 10, 31, 15, tzinfo=UTC),
        "2 Nov": datetime(2026, 11, 1, 15, tzinfo=UTC),
        "unknown": None,
    }
    campaigns = [
        Campaign("default", f"eN{number}", name, launch, NOW, NOW, sent=1000)
        for number, (name, launch) in enumerate(launches.items())
    ]
    save_campaigns(Store.open(store_url), campaigns, Source.MIMECAST)

    def export(*options: str) -> tuple[list[str], str]:
        done = command_line("export", "--data", "campaigns", *options, variables=account_variables)
        assert done.returncode == 0
        return [row["name"] for row in rows_of(done.stdout)], done.stderr

    assert export() == (["31 Oct", "1 Nov", "2 Nov", "unknown"], "")
    names, problems = export("--since", "2026-11-01", "--until", "2026-11-01")
    assert names == ["1 Nov"]
    assert "1 campaign without a launch date is left out." in problems
    assert export("--since", "2026-11-02")[0] == ["2 Nov"]
    assert export("--until", "2026-10-31")[0] == ["31 Oct"]
    assert "No campaigns are stored in this range." in export("--until", "2026-01-31")[1]


@pytest.mark.parametrize("data", every_nth([*INSTANTS], 2))
def test_a_range_needs_a_valid_time_zone(
    command_line: CommandLine, account_variables: dict[str, str], home: Path, data: str
) -> None:
    write_dashboard(home, 'time_zone = "Europe/Lundon"')
    export = ("export", "--data", data)
    assert command_line(*export, variables=account_variables).returncode == 0
    refused = command_line(*export, "--since", "2026-01-01", variables=account_variables)
    assert_failed(refused, 2, "time_zone in [dashboard]")


@pytest.mark.parametrize("data", INSTANTS)
def test_a_workbook_has_real_dates_and_is_marked_where_its_numbers_are_made_up(
    command_line: CommandLine, tmp_path: Path, data: str
) -> None:
    assert command_line("export", "--data", data, "--out", "x.xlsx").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    header, *rows = book[data.capitalize()].iter_rows(values_only=True)
    for name in INSTANTS[data]:
        values = [row[header.index(name)] for row in rows]
        assert {type(value) for value in values} - {type(None)} == {datetime}
    assert {row[0] for row in rows} == {"sample"}
    term, meaning = (book["Definitions"].cell(2, column).value for column in (1, 2))
    assert (term, str(meaning)[:11]) == ("Note", "SAMPLE DATA")
