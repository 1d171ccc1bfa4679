"""Campaigns: requested after each snapshot, stored as totals, and shown wherever there is a timeline."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from mimecast.api.campaigns import CampaignPermissionMissing, fetch_campaigns, parse_row
from mimecast.api.client import Client
from mimecast.charts.causes.overlay import MAX_MARKS
from mimecast.domain.annotations import Annotations
from mimecast.domain.causes.campaigns import TOTALS, Campaign, without_small_totals
from mimecast.domain.causes.causes import Causes, merge_launches
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.html_file import render_html
from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report_workbook import render_xlsx
from mimecast.sandbox.campaigns import PILOT, campaign_rows
from mimecast.sandbox.demo_causes import demo_campaigns
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.sandbox.server import Sandbox
from mimecast.settings.dashboard import read_dashboard
from mimecast.store.causes.campaign_effects import load_effects
from mimecast.store.causes.campaigns import has_campaigns, load_campaigns, save_campaigns
from mimecast.store.store import Store
from mimecast.text.campaigns import effect_sentence
from tests.support.app import chart_alts, downloads_of, html_of, run_page, text_of
from tests.support.charts import TIMELINE_CHARTS, ZONE, TimelineChart, make_stamp, make_timeline
from tests.support.clock import NOW, TODAY
from tests.support.processes import CommandLine
from tests.support.reports import stored_report
from tests.support.stores.databases import EVERY_DATABASE

GOOD = ScoreCounts(500, 300, 100, 60, 40)


def make_campaign(ago: int | None, name: str = "Parcel", *, number: int = 1, **totals: int | None) -> Campaign:
    launched = None if ago is None else NOW - timedelta(days=ago)
    known: dict[str, int | None] = {"sent": 1000, "opened": 600, "clicked": 120, "submitted": 40, "reported": 200}
    return Campaign("contoso", f"eN{number}", name, launched, NOW, NOW, **(known | totals))


def many_rows(count: int) -> list[dict[str, Any]]:
    return [{"id": f"eN{number}", "name": f"Campaign {number}", "numSent": 100} for number in range(count)]


@pytest.mark.parametrize("generation", [1, 2])
def test_every_page_is_requested_with_both_generations_of_keys(sandbox: Sandbox, generation: int) -> None:
    sandbox.campaigns = lambda: many_rows(1201)
    keys = sandbox.keys if generation == 1 else sandbox.api2.keys
    result = fetch_campaigns(Client(sandbox.base_url, keys))
    assert len(result.rows) == 1201
    assert sandbox.campaigns_requests == 3


def test_a_refusal_names_both_permissions(sandbox: Sandbox) -> None:
    sandbox.set_fault("campaigns-forbidden")
    with pytest.raises(CampaignPermissionMissing) as refused:
        fetch_campaigns(Client(sandbox.base_url, sandbox.keys))
    assert "Awareness Training | Dashboard | Read" in refused.value.remedy
    assert "Awareness Training | Phishing Campaign | Read" in refused.value.remedy


@pytest.mark.parametrize(
    ("row", "launched_at"),
    [
        ({"launchDate": "2026-01-11T23:32:00+0000"}, datetime(2026, 1, 11, 23, 32, tzinfo=UTC)),
        ({"launchDate": "2026-01-11T23:32:00+02:00"}, datetime(2026, 1, 11, 21, 32, tzinfo=UTC)),
        ({"launchDate": "1970-01-01T00:00:00+0000"}, None),
        ({"launchDate": "soon"}, None),
        ({"launchDate": None}, None),
        ({}, None),
    ],
)
def test_missing_dates_and_numbers_stay_unknown(row: dict[str, Any], launched_at: datetime | None) -> None:
    parsed = parse_row({"id": 7, "name": "Parcel\n", "numSent": "100", "numClicked": -1, "numOpened": 2.0, **row})
    assert parsed is not None
    assert (parsed.id, parsed.name, parsed.launched_at) == ("7", "Parcel", launched_at)
    assert parsed.totals == {"sent": 100, "opened": 2, "clicked": None, "submitted": None, "reported": None}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_no_value_of_a_field_raises(value: object) -> None:
    for name in ("id", "name", "launchDate", "numSent"):
        parse_row({"id": "eN1", name: value})
    parse_row(value)


@given(st.sampled_from([None, 3, 9, 10, 500]), st.integers(0, 30))
def test_of_a_small_campaign_only_name_and_date_are_kept(sent: int | None, clicked: int) -> None:
    campaign = without_small_totals(make_campaign(3, sent=sent, opened=None, clicked=clicked, submitted=None,
                                                  reported=None), 10)  # fmt: skip
    is_kept = sent >= 10 if sent is not None else clicked >= 10
    assert any(campaign.users(name) is not None for name in TOTALS) == is_kept
    assert (campaign.name, campaign.launched_at) == ("Parcel", NOW - timedelta(days=3))


@EVERY_DATABASE
def test_the_newest_totals_are_kept_and_when_a_campaign_was_first_seen(store: Store) -> None:
    first = make_campaign(3, clicked=1)
    later = replace(first, captured_at=NOW + timedelta(days=1), first_seen_at=NOW + timedelta(days=1), clicked=90)
    save_campaigns(store, [first], Source.MIMECAST)
    save_campaigns(store, [later], Source.MIMECAST)
    save_campaigns(store, [replace(first, clicked=5)], Source.MIMECAST)
    assert load_campaigns(store, "contoso") == [replace(later, first_seen_at=NOW.replace(microsecond=0))]
    assert not has_campaigns(store, "fabrikam")


def test_made_up_campaigns_are_ignored_once_there_is_a_real_one(store: Store) -> None:
    save_campaigns(store, [make_campaign(3, "Made up", number=1)], Source.SANDBOX)
    assert [each.name for each in load_campaigns(store, "contoso")] == ["Made up"]
    save_campaigns(store, [make_campaign(2, "Real", number=2)], Source.MIMECAST)
    assert [each.name for each in load_campaigns(store, "contoso")] == ["Real"]


def test_snapshot_stores_campaigns_where_the_settings_ask_for_them(
    command_line: CommandLine, account_variables: dict[str, str], store_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.campaigns = lambda: campaign_rows(TODAY - timedelta(days=730), TODAY, 1200)
    assert command_line("snapshot", variables=account_variables).returncode == 0
    assert sandbox.campaigns_requests == 0
    settings = tmp_path / ".streamlit" / "secrets.toml"
    settings.parent.mkdir()
    settings.write_text("[dashboard]\ncampaigns = true\n")
    settings.chmod(0o600)
    done = command_line("snapshot", variables=account_variables)
    assert (done.returncode, done.stderr) == (0, "")
    store = Store.open(store_url)
    stored = load_campaigns(store, "default")
    assert len(stored) == 12
    assert {each.name for each in stored if each.sent is None} == {PILOT}
    exported = command_line("export", "--data", "campaigns", variables=account_variables).stdout
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert exported.splitlines()[0] == (
        "account,captured_at,id,name,launched_at,sent,opened,clicked,submitted,reported"
    )
    assert (len(rows), rows[0]["name"], rows[0]["reported"]) == (12, "Parcel on hold", "")
    lines = command_line("export", "--data", "campaigns", "--format", "json", variables=account_variables).stdout
    assert json.loads(lines.splitlines()[0])["reported"] is None
    command_line("export", "--data", "campaigns", "--out", "x.xlsx", variables=account_variables)
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["Campaigns"].max_row == 13

    sandbox.set_fault("campaigns-forbidden")
    refused = command_line("snapshot", variables=account_variables)
    assert refused.returncode == 1
    assert "1,204 users graded" in refused.stdout
    assert "the snapshot is stored, the campaigns are not" in refused.stderr
    assert "Phishing Campaign | Read" in refused.stderr
    assert len(load_campaigns(store, "default")) == 12


def test_the_setting_is_true_or_false() -> None:
    assert read_dashboard({"dashboard": {"campaigns": True}}).campaigns
    (fault,) = read_dashboard({"dashboard": {"campaigns": "yes"}}).faults
    assert (fault.key, fault.problem.remedy) == ("campaigns", "Write campaigns = true or campaigns = false.")


@given(st.lists(st.floats(0, 1), max_size=300).map(sorted))
def test_merged_launches_leave_room_and_none_out(positions: list[float]) -> None:
    groups = merge_launches(positions, apart=1 / MAX_MARKS)
    assert [index for group in groups for index in group] == list(range(len(positions)))
    assert len(groups) <= MAX_MARKS + 1


@pytest.mark.parametrize("draw", TIMELINE_CHARTS, ids=lambda draw: draw.__name__)
def test_launches_are_marked_and_a_hundred_stay_readable(draw: TimelineChart, store: Store) -> None:
    timeline = make_timeline(store, range(30))
    launched = tuple(make_campaign(29 - number % 30, f"Campaign {number}", number=number) for number in range(100))
    causes = Causes(campaigns=tuple(sorted(launched, key=lambda each: str(each.launched_at))))
    chart = draw(timeline, make_stamp(), Annotations(causes=causes), file_name="x")
    marks = [label for label in chart.figure.layout.annotations if label.name == "campaign"]
    assert len(marks) <= MAX_MARKS + 1
    assert sum(int(mark.text.removeprefix("◆<b>").removesuffix("</b>")) for mark in marks) == 100
    assert "100 campaigns launched. The last 12:" in chart.alt


def test_the_share_at_risk_around_a_launch_is_judged_and_no_cause_is_claimed(store: Store) -> None:
    company = DemoCompany(TODAY)
    store.add(Snapshot("contoso", at, counts) for at, counts in company.history())
    campaigns = demo_campaigns(company, "contoso")
    effects = load_effects(store, "contoso", campaigns, ZONE, TODAY)
    rise = next(effect for effect in effects if effect.campaign.name == "Bonus letter from HR")
    assert rise.after is not None
    assert (rise.after.change_in_points("at_risk") or 0) > 0.5
    assert effects[-1].judged is not None
    sentence = effect_sentence(effects[-1])
    assert sentence.startswith("In the 30 days after the launch of “Voicemail received”")
    assert "because" not in sentence
    running = load_effects(store, "contoso", campaigns, ZONE, TODAY - timedelta(days=5))[-1]
    assert (running.is_running, running.after) == (True, None)
    unknown = load_effects(store, "contoso", [make_campaign(None)], ZONE, TODAY)[0]
    assert (unknown.day, unknown.after) == (None, None)


def test_slides_and_workbook_have_the_launches(store: Store) -> None:
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), GOOD) for ago in range(60))
    save_campaigns(store, [make_campaign(20), make_campaign(20, "Gift", number=2)], Source.MIMECAST)
    report = stored_report(store)
    deck = Presentation(io.BytesIO(render_pptx(report)))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    (series,) = [series for chart in charts for series in chart.plots[0].series if series.name == "Campaign launches"]
    assert [value for value in series.values if value is not None] == [0.0]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert [tables[-1].cell(1, column).text for column in (1, 2, 3)] == ["4 Nov 2026", "1,000", "120 (12.0%)"]
    page = render_html(report).decode()
    assert "2 phishing campaigns were launched in this period" in page
    assert "<td>120 (12.0%)</td>" in page
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report, [])))
    assert [row[1].value for row in book["Campaigns"].iter_rows(min_row=2)] == ["Gift", "Parcel"]


@pytest.mark.usefixtures("isolated_pages")
def test_campaigns_page_is_in_the_sidebar_only_where_there_are_any(
    project: Path, account_secrets: dict[str, Any]
) -> None:
    store, now = Store.open(account_secrets["connections"]["snapshots"]["url"]), datetime.now(UTC)
    store.add(Snapshot("default", now - timedelta(days=ago), GOOD) for ago in range(70))
    app = run_page(project, "Campaigns", account_secrets)
    assert "No campaigns are stored" in text_of(app)
    assert "Campaigns" not in [link.proto.label for link in app.get("page_link")]
    launched = now - timedelta(days=40)
    campaign = Campaign("default", "eN1", "<b>Parcel</b>", launched, now, now, sent=1000, clicked=120)
    save_campaigns(store, [campaign], Source.MIMECAST)
    app.run()
    assert "Campaigns" in [link.proto.label for link in app.get("page_link")]
    assert "&lt;b&gt;Parcel&lt;/b&gt;" in html_of(app)
    assert "120 (12.0%)" in html_of(app)
    assert "not why" in text_of(app)
    assert "clicked 12.0%" in chart_alts(app)[0]
    (download,) = downloads_of(app)
    assert b"<b>Parcel</b>" in download.make()
