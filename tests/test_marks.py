"""Notes and the target over a chart: numbers that can be read on a telephone, and lines that end where they should."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.charts.annotations import Annotations
from mimecast.charts.chart import Chart, separate_labels
from mimecast.charts.notes_and_target import TAGS
from mimecast.charts.over_time import at_risk_chart, each_grade_chart, mix_chart, users_graded_chart
from mimecast.charts.palette import NOTE_NUMBER, NOTE_TAG, TARGET_LINE
from mimecast.domain.notes import Note
from mimecast.domain.targets import Target
from mimecast.store.store import Store
from tests.support.charts import TIMELINE_CHARTS, contrast, make_stamp, make_timeline
from tests.support.clock import NOW, TODAY

TELEPHONE = 240
"""Pixels of a plot on a telephone of 390."""

WIDE = 16
"""Pixels of a tag with two digits, its padding included."""


def noted(*days_ago: int, text: str = "Phishing campaign") -> Annotations:
    return Annotations(
        tuple(
            Note(number, "contoso", TODAY - timedelta(days=ago), f"{text} {number}", "", NOW)
            for number, ago in enumerate(sorted(days_ago, reverse=True), start=1)
        )
    )


def aimed(share: float = 5.0, *, by: int = 10, set_ago: int = 10, then: float | None = 12.0) -> Annotations:
    return Annotations(
        target=Target("contoso", share, TODAY + timedelta(days=by), "", NOW - timedelta(days=set_ago), then)
    )


def tags(drawing: Chart) -> list[Any]:
    return [one for one in drawing.figure.layout.annotations if one.name == "note"]


def shapes(drawing: Chart, colour: str) -> list[Any]:
    return [one for one in drawing.figure.layout.shapes if one.line.color == colour]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_every_chart_over_time_has_the_notes_under_their_numbers(store: Store, draw: Any) -> None:
    drawn = draw(make_timeline(store, range(30)), make_stamp(), noted(20, 3))
    assert [tag.text for tag in tags(drawn)] == ["1", "2"]
    assert "<b>1 · 4 Nov 2026</b><br>Phishing campaign 1" in tags(drawn)[0].hovertext
    assert drawn.alt.endswith("Notes: 1 on 4 Nov 2026, Phishing campaign 1; 2 on 21 Nov 2026, Phishing campaign 2.")
    through = [one for one in drawn.figure.layout.shapes if one.yref == "paper" and (one.y0, one.y1) == (0, 1)]
    assert [one.x0[:10] for one in through] == ["2026-11-04", "2026-11-21"]
    plain = draw(make_timeline(store, range(30)), make_stamp())
    assert plain.figure.layout.height < drawn.figure.layout.height


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
@pytest.mark.parametrize("days_ago", [range(12), [5, 5], [0, 0], [29, 29, 29], [5] * 12, range(0, 28, 2)], ids=str)
def test_tags_can_be_read_side_by_side_on_a_telephone(store: Store, draw: Any, days_ago: Sequence[int]) -> None:
    drawn = draw(make_timeline(store, range(30)), make_stamp(), noted(*days_ago))
    low, high = (pd.Timestamp(end) for end in drawn.figure.layout.xaxis.range)
    places = [(pd.Timestamp(tag.x) - low) / (high - low) * TELEPHONE for tag in tags(drawn)]
    assert len(places) == len(days_ago) <= TAGS
    assert all(after - before >= WIDE for before, after in pairwise(places))
    assert min(places) >= 0
    assert max(places) <= TELEPHONE


def test_too_many_notes_share_tags_and_none_is_lost(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp(), noted(*range(30), *range(10)))
    assert len(tags(drawn)) <= 7
    ends = [(int(tag.text.split("–")[0]), int(tag.text.split("–")[-1])) for tag in tags(drawn)]
    assert ends[0][0] == 1
    assert ends[-1][1] == 40
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ends))
    assert sum(tag.hovertext.count("<b>") for tag in tags(drawn)) == 40


def test_a_note_stands_at_the_period_of_its_day_and_outside_the_range_not_at_all(store: Store) -> None:
    weeks = make_timeline(store, range(200), days=200, max_points=40)
    marks = noted(300, 8)
    drawn = mix_chart(weeks, make_stamp(), marks)
    (tag,) = tags(drawn)
    assert tag.text == "2"
    through = [one.x0[:10] for one in drawn.figure.layout.shapes if (one.y0, one.y1) == (0, 1)]
    assert through == ["2026-11-16"]
    assert date(2026, 11, 16) in [label.date() for label in weeks.users.index]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_what_a_note_says_stays_text(store: Store, draw: Any) -> None:
    drawn = draw(make_timeline(store, range(30)), make_stamp(), noted(3, text='<a href="x">$y$</a>'))
    assert "&lt;a href=&quot;x&quot;&gt;&#36;y&#36;&lt;/a&gt; 1" in tags(drawn)[0].hovertext


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
@pytest.mark.parametrize(("days", "max_points"), [(1, 60), (61, 60), (500, 60), (3000, 60), (6000, 60)])
def test_marks_are_drawn_at_every_resolution(store: Store, draw: Any, days: int, max_points: int) -> None:
    marks = Annotations(noted(0, days - 1).notes, aimed().target)
    drawn = draw(make_timeline(store, [0, 5, days - 1], days=days, max_points=max_points), make_stamp(), marks)
    assert len(tags(drawn)) == 2


def test_a_target_is_the_level_to_reach_and_the_straight_way_to_it(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp(), aimed())
    way, level = shapes(drawn, TARGET_LINE)
    assert (way.x0, way.x1, way.y0, way.y1) == ("2026-11-14", "2026-12-04", 12.0, 5.0)
    assert (level.x0, level.x1, level.y0, level.y1) == ("2026-10-26", "2026-12-04", 5.0, 5.0)
    (label,) = [one for one in drawn.figure.layout.annotations if one.name == "target"]
    assert label.text == "target 5.0 % by 4 Dec 2026"
    assert drawn.alt.endswith("Target: 5.0 % by 4 Dec 2026.")
    assert drawn.figure.layout.yaxis.range[1] > 12


@pytest.mark.parametrize(
    ("by", "ends"),
    [(1, "2026-11-25"), (14, "2026-12-08"), (15, "2026-11-24"), (1500, "2026-11-24"), (-5, "2026-11-24")],
)
def test_the_time_axis_goes_on_to_a_date_that_is_near(store: Store, by: int, ends: str) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp(), aimed(by=by))
    assert drawn.figure.layout.xaxis.range[1] == f"{ends}T00:00"
    (value,) = [one for one in drawn.figure.layout.annotations if one.text == "<b>10.0 %</b>"]
    assert (value.xref, str(value.x)[:10]) == (("paper", "1") if ends == "2026-11-24" else ("x", "2026-11-24"))


def test_a_target_set_today_for_a_date_far_away_is_seen_today(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp(), aimed(by=300, set_ago=0))
    (level,) = shapes(drawn, TARGET_LINE)
    assert (level.x0, level.x1) == ("2026-10-26", "2026-11-24")


def test_a_way_that_is_cut_by_the_edges_has_their_shares(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp(), aimed(2.0, by=71, set_ago=129, then=12.0))
    way, _ = shapes(drawn, TARGET_LINE)
    assert (way.x0, way.x1) == ("2026-10-26", "2026-11-24")
    assert (way.y0, way.y1) == (pytest.approx(7.0), pytest.approx(5.55))


@pytest.mark.parametrize("marks", [aimed(by=-40, set_ago=90), aimed(by=90, set_ago=-5), Annotations()])
def test_a_target_of_another_time_is_not_drawn(store: Store, marks: Annotations) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp(), marks)
    assert shapes(drawn, TARGET_LINE) == []
    assert "Target" not in drawn.alt


@pytest.mark.parametrize("draw", [mix_chart, each_grade_chart, users_graded_chart])
def test_the_target_is_about_the_at_risk_share_alone(store: Store, draw: Any) -> None:
    drawn = draw(make_timeline(store, range(30)), make_stamp(), aimed())
    assert shapes(drawn, TARGET_LINE) == []
    assert "Target" not in drawn.alt


@given(some.lists(some.floats(0, 1), min_size=1, max_size=TAGS))
def test_places_are_spread_in_order_between_the_edges(places: list[float]) -> None:
    wanted, apart = sorted(places), 1 / TAGS
    found = separate_labels(wanted, apart=apart, low=0, high=1)
    assert all(after - before >= apart - 1e-9 for before, after in pairwise(found))
    assert found[0] >= -1e-9
    assert found[-1] <= 1 + 1e-9
    if all(after - before >= apart for before, after in pairwise(wanted)):
        assert found == pytest.approx(wanted)


def test_the_numbers_and_the_target_are_seen_on_both_backgrounds() -> None:
    assert contrast(NOTE_TAG, NOTE_NUMBER) >= 4.5
    for background in ("#ffffff", "#14181d"):
        assert contrast(TARGET_LINE, background) >= 3
        assert contrast(NOTE_TAG, background) >= 3
