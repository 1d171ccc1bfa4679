"""Notes and the target over a chart: numbers that can be read on a phone, and where the lines end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.charts.annotations import MAX_TAGS
from mimecast.charts.chart import Chart, separate_labels
from mimecast.charts.mix import each_grade_chart, mix_chart
from mimecast.charts.trend import at_risk_chart, users_graded_chart
from mimecast.domain.annotations import Annotations
from mimecast.domain.notes import Note
from mimecast.domain.targets import Target
from mimecast.domain.timeline import Timeline
from mimecast.palette import NOTE_NUMBER, NOTE_TAG, TARGET_LINE
from mimecast.store.store import Store
from tests.support.charts import TIMELINE_CHARTS, TimelineChart, contrast, make_stamp, make_timeline
from tests.support.clock import NOW, TODAY
from tests.support.exhaustive import CROSSED

PHONE_PLOT = 240
"""Width in pixels of a plot on a phone with a width of 390."""

TAG_WIDTH = 16
"""Width in pixels of a tag with two digits and its padding."""


NO_ANNOTATIONS = Annotations()


def with_notes(*days_ago: int, text: str = "Phishing campaign") -> Annotations:
    return Annotations(
        tuple(
            Note(number, "contoso", TODAY - timedelta(days=ago), f"{text} {number}", "", NOW)
            for number, ago in enumerate(sorted(days_ago, reverse=True), start=1)
        )
    )


def with_target(share: float = 5.0, *, by: int = 10, set_ago: int = 10, then: float | None = 12.0) -> Annotations:
    return Annotations(
        target=Target("contoso", share, TODAY + timedelta(days=by), "", NOW - timedelta(days=set_ago), then)
    )


def draw_over(draw: TimelineChart, timeline: Timeline, annotations: Annotations = NO_ANNOTATIONS) -> Chart:
    return draw(timeline, make_stamp(), annotations, file_name="chart")


def tags(chart: Chart) -> list[Any]:
    return [annotation for annotation in chart.figure.layout.annotations if annotation.name == "note"]


def shapes(chart: Chart, colour: str) -> list[Any]:
    return [shape for shape in chart.figure.layout.shapes if shape.line.color == colour]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_every_timeline_chart_has_the_numbered_notes(store: Store, draw: TimelineChart) -> None:
    chart = draw_over(draw, make_timeline(store, range(30)), with_notes(20, 3))
    assert [tag.text for tag in tags(chart)] == ["1", "2"]
    assert "<b>1 · 4 Nov 2026</b><br>Phishing campaign 1" in tags(chart)[0].hovertext
    assert chart.alt.endswith("Notes: 1 on 4 Nov 2026, Phishing campaign 1; 2 on 21 Nov 2026, Phishing campaign 2.")
    through = [
        shape for shape in chart.figure.layout.shapes if shape.yref == "paper" and (shape.y0, shape.y1) == (0, 1)
    ]
    assert [shape.x0[:10] for shape in through] == ["2026-11-04", "2026-11-21"]
    plain = draw_over(draw, make_timeline(store, range(30)))
    assert plain.figure.layout.height < chart.figure.layout.height


@CROSSED
@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
@pytest.mark.parametrize("days_ago", [range(12), [5, 5], [0, 0], [29, 29, 29], [5] * 12, range(0, 28, 2)], ids=str)
def test_tags_do_not_overlap_on_a_phone(store: Store, draw: TimelineChart, days_ago: Sequence[int]) -> None:
    chart = draw_over(draw, make_timeline(store, range(30)), with_notes(*days_ago))
    low, high = (pd.Timestamp(end) for end in chart.figure.layout.xaxis.range)
    places = [(pd.Timestamp(tag.x) - low) / (high - low) * PHONE_PLOT for tag in tags(chart)]
    assert len(places) == len(days_ago) <= MAX_TAGS
    assert all(after - before >= TAG_WIDTH for before, after in pairwise(places))
    assert min(places) >= 0
    assert max(places) <= PHONE_PLOT


def test_too_many_notes_share_tags_and_none_is_lost(store: Store) -> None:
    chart = draw_over(at_risk_chart, make_timeline(store, range(30)), with_notes(*range(30), *range(10)))
    assert len(tags(chart)) <= 7
    ends = [(int(tag.text.split("–")[0]), int(tag.text.split("–")[-1])) for tag in tags(chart)]
    assert ends[0][0] == 1
    assert ends[-1][1] == 40
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ends))
    assert sum(tag.hovertext.count("<b>") for tag in tags(chart)) == 40


def test_a_note_is_drawn_at_the_period_of_its_day_and_only_within_the_range(store: Store) -> None:
    weeks = make_timeline(store, range(200), days=200, max_points=40)
    annotations = with_notes(300, 8)
    chart = draw_over(mix_chart, weeks, annotations)
    (tag,) = tags(chart)
    assert tag.text == "2"
    through = [shape.x0[:10] for shape in chart.figure.layout.shapes if (shape.y0, shape.y1) == (0, 1)]
    assert through == ["2026-11-16"]
    assert date(2026, 11, 16) in weeks.periods


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_the_text_of_a_note_stays_text(store: Store, draw: TimelineChart) -> None:
    chart = draw_over(draw, make_timeline(store, range(30)), with_notes(3, text='<a href="x">$y$</a>'))
    assert '&lt;a href="x"&gt;&#36;y&#36;&lt;/a&gt; 1' in tags(chart)[0].hovertext


@CROSSED
@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
@pytest.mark.parametrize(("days", "max_points"), [(1, 60), (61, 60), (500, 60), (3000, 60), (6000, 60)])
def test_annotations_are_drawn_at_every_resolution(
    store: Store, draw: TimelineChart, days: int, max_points: int
) -> None:
    annotations = Annotations(with_notes(0, days - 1).notes, with_target().target)
    chart = draw_over(draw, make_timeline(store, [0, 5, days - 1], days=days, max_points=max_points), annotations)
    assert len(tags(chart)) == 2


def test_a_target_is_drawn_from_the_day_it_was_set_with_the_straight_line_to_it(store: Store) -> None:
    chart = draw_over(at_risk_chart, make_timeline(store, range(30)), with_target())
    path, level = shapes(chart, TARGET_LINE)
    assert (path.x0, path.x1, path.y0, path.y1) == ("2026-11-14", "2026-12-04", 12.0, 5.0)
    assert (level.x0, level.x1, level.y0, level.y1) == ("2026-11-14", "2026-12-04", 5.0, 5.0)
    (label,) = [annotation for annotation in chart.figure.layout.annotations if annotation.name == "target"]
    assert label.text == "target 5.0% by 4 Dec 2026"
    assert chart.alt.endswith("Target: 5.0% by 4 Dec 2026.")
    assert chart.figure.layout.yaxis.range[1] > 12


@pytest.mark.parametrize(
    ("by", "ends"),
    [(1, "2026-11-25"), (14, "2026-12-08"), (15, "2026-11-24"), (1500, "2026-11-24"), (-5, "2026-11-24")],
)
def test_the_time_axis_extends_to_a_target_date_that_is_near(store: Store, by: int, ends: str) -> None:
    chart = draw_over(at_risk_chart, make_timeline(store, range(30)), with_target(by=by))
    assert chart.figure.layout.xaxis.range[1] == f"{ends}T00:00"
    (value,) = [annotation for annotation in chart.figure.layout.annotations if annotation.text == "<b>10.0%</b>"]
    assert (value.xref, str(value.x)[:10]) == (("paper", "1") if ends == "2026-11-24" else ("x", "2026-11-24"))


def test_a_target_set_today_for_a_date_far_away_can_be_seen(store: Store) -> None:
    chart = draw_over(at_risk_chart, make_timeline(store, range(30)), with_target(by=300, set_ago=0))
    (level,) = shapes(chart, TARGET_LINE)
    assert (level.x0, level.x1) == ("2026-11-23", "2026-11-24")


def test_the_line_to_a_target_is_cut_at_the_edges_of_the_chart(store: Store) -> None:
    chart = draw_over(at_risk_chart, make_timeline(store, range(30)), with_target(2.0, by=71, set_ago=129, then=12.0))
    path, _ = shapes(chart, TARGET_LINE)
    assert (path.x0, path.x1) == ("2026-10-26", "2026-11-24")
    assert (path.y0, path.y1) == (pytest.approx(7.0), pytest.approx(5.55))


@pytest.mark.parametrize(
    "annotations", [with_target(by=-40, set_ago=90), with_target(by=90, set_ago=-5), NO_ANNOTATIONS]
)
def test_a_target_of_another_time_is_not_drawn(store: Store, annotations: Annotations) -> None:
    chart = draw_over(at_risk_chart, make_timeline(store, range(30)), annotations)
    assert shapes(chart, TARGET_LINE) == []
    assert "Target" not in chart.alt


@pytest.mark.parametrize("draw", [mix_chart, each_grade_chart, users_graded_chart])
def test_only_the_chart_of_the_share_at_risk_has_the_target(store: Store, draw: TimelineChart) -> None:
    chart = draw_over(draw, make_timeline(store, range(30)), with_target())
    assert shapes(chart, TARGET_LINE) == []
    assert "Target" not in chart.alt


@given(some.lists(some.floats(0, 1), min_size=1, max_size=MAX_TAGS))
def test_places_are_spread_in_order_between_the_edges(places: list[float]) -> None:
    sorted_places, apart = sorted(places), 1 / MAX_TAGS
    separated = separate_labels(sorted_places, apart=apart, low=0, high=1)
    assert all(after - before >= apart - 1e-9 for before, after in pairwise(separated))
    assert separated[0] >= -1e-9
    assert separated[-1] <= 1 + 1e-9
    if all(after - before >= apart for before, after in pairwise(sorted_places)):
        assert separated == pytest.approx(sorted_places)


def test_the_numbers_and_the_target_can_be_seen_on_both_backgrounds() -> None:
    assert contrast(NOTE_TAG, NOTE_NUMBER) >= 4.5
    for background in ("#ffffff", "#14181d"):
        assert contrast(TARGET_LINE, background) >= 3
        assert contrast(NOTE_TAG, background) >= 3
