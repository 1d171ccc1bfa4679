"""Figures: what they draw, what they say instead, and the stamp that stays with the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from mimecast.charts.annotations import Annotations
from mimecast.charts.chart import Chart
from mimecast.charts.dumbbell import dumbbell_chart
from mimecast.charts.grades import grade_chart
from mimecast.charts.normal_range_band import normal_range_band
from mimecast.charts.over_time import at_risk_chart, each_grade_chart, mix_chart, users_graded_chart
from mimecast.charts.palette import AT_RISK_LINE, GRADE_COLOURS, GRADE_LINES, USERS_LINE
from mimecast.charts.sparkline import HEIGHT, STROKE_MARGIN, sparkline
from mimecast.domain.comparison import Comparison
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.timeline import Timeline
from mimecast.domain.variation import Variation, Verdict
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.text.stamp import MAX_LINE_CHARS, ComparedStamp, Stamp
from tests.support.charts import (
    COUNTS,
    TIMELINE_CHARTS,
    ZONE,
    LinearRgb,
    contrast,
    linear_rgb,
    make_stamp,
    make_timeline,
)
from tests.support.clock import NOW, TODAY

LABEL_HEIGHT = 6.5
"""Of a line of text, in percent of the height of the mix."""


def texts(drawing: Chart) -> list[str]:
    return [annotation.text for annotation in drawing.figure.layout.annotations]


def test_the_grade_chart_states_each_grade_in_order() -> None:
    drawing = grade_chart(make_stamp())
    assert drawing.alt == (
        "Users by SAFE Score grade: A 522 (43.4 %), B 338 (28.1 %), C 212 (17.6 %), D 91 (7.6 %), F 41 (3.4 %). "
        "1,204 users graded."
    )
    (bars,) = drawing.figure.data
    assert list(bars.x) == ["A", "B", "C", "D", "F"]
    assert list(bars.y) == [522, 338, 212, 91, 41]
    assert bars.text[0] == "<b>522</b><br>43.4 %"


def test_users_with_an_unknown_grade_are_drawn_last_and_in_grey() -> None:
    (bars,) = grade_chart(make_stamp(ScoreCounts(5, 4, 3, 2, 1, 5))).figure.data
    assert bars.x[-1] == "other"
    assert bars.marker.color[-1] == GRADE_COLOURS["other"]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_every_figure_carries_its_stamp_and_an_alternative(store: Store, draw: Any) -> None:
    drawn = draw(make_timeline(store, range(30)), make_stamp())
    for drawing in (drawn, grade_chart(make_stamp())):
        (mark,) = [one for one in drawing.figure.layout.annotations if one.name == "stamp"]
        assert mark.text == "Contoso · 24 Nov 2026, 12:50 UTC<br>1,204 users graded · stored, from Mimecast"
    assert "30 of 30 days have a snapshot" in drawn.alt


def test_the_stamp_names_the_source() -> None:
    assert make_stamp(source=Source.SAMPLE).parts[-1] == "SAMPLE DATA"
    assert make_stamp(source=Source.IMPORTED).parts[-1] == "imported"
    assert make_stamp().parts[-1] == "stored, from Mimecast"
    assert Stamp("Contoso", Snapshot("contoso", NOW, COUNTS), ZONE, NOW).parts[-1] == "live from Mimecast"


@given(some.text(some.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=60))
def test_a_long_name_is_broken_into_lines_and_never_cut(name: str) -> None:
    made = make_stamp(name=name)
    assert all(len(line) <= MAX_LINE_CHARS for line in made.lines)
    whole, broken = "".join(made.parts), "".join(made.lines)
    assert [letter for letter in broken if not letter.isspace() and letter != "·"] == [
        letter for letter in whole if not letter.isspace() and letter != "·"
    ]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_a_name_stays_text_in_every_figure(store: Store, draw: Any) -> None:
    drawn = draw(make_timeline(store, range(30)), make_stamp(name='<a href="x">$y$</a>'))
    (mark,) = [text for text in texts(drawn) if "users graded" in text]
    assert mark.startswith("&lt;a href=&quot;x&quot;&gt;&#36;y&#36;&lt;/a&gt;")


@pytest.mark.parametrize("draw", [at_risk_chart, each_grade_chart, users_graded_chart])
def test_a_gap_is_left_open_and_shaded(store: Store, draw: Any) -> None:
    drawn = draw(make_timeline(store, [0, 1, 2, 3, 10, 11, 12]), make_stamp())
    line = drawn.figure.data[0]
    assert line.connectgaps is False
    assert [value != value for value in line.y].count(True) == 23
    shaded = {(shape.x0, shape.x1) for shape in drawn.figure.layout.shapes}
    assert shaded == {("2026-10-25 12:00:00", "2026-11-11 12:00:00"), ("2026-11-14 12:00:00", "2026-11-20 12:00:00")}


def test_a_wide_gap_is_named(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, [0, 1, 29]), make_stamp())
    assert [shape.label.text for shape in drawn.figure.layout.shapes] == ["no snapshots"]


def test_a_day_between_two_gaps_is_marked_for_no_line_would_show_it(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, [0, 1, 50], days=100), make_stamp())
    line, marks = drawn.figure.data
    assert line.mode == "lines"
    assert [str(label)[:10] for label in marks.x] == ["2026-10-05"]


def test_the_mix_stands_on_f_and_adds_up_to_a_hundred(store: Store) -> None:
    drawn = mix_chart(make_timeline(store, range(30)), make_stamp())
    assert [bars.name for bars in drawn.figure.data] == ["F", "D", "C", "B", "A"]
    assert drawn.figure.layout.barmode == "stack"
    for column in zip(*(bars.y for bars in drawn.figure.data), strict=True):
        assert sum(column) == pytest.approx(100, abs=0.01)
    assert [text.split("</b>")[0] for text in texts(drawn)[:5]] == ["<b>F", "<b>D", "<b>C", "<b>B", "<b>A"]


def test_the_at_risk_line_begins_at_zero_and_names_its_last_value(store: Store) -> None:
    drawn = at_risk_chart(make_timeline(store, range(30)), make_stamp())
    assert drawn.figure.layout.yaxis.range[0] == 0
    assert "<b>10.0 %</b>" in texts(drawn)
    assert drawn.alt == (
        "Share of users at risk (D + F): 7.8 % on 26 Oct 2026, 10.0 % on 24 Nov 2026; lowest 7.8 %, highest 10.0 %. "
        "30 of 30 days have a snapshot."
    )


def test_small_multiples_have_one_panel_a_grade(store: Store) -> None:
    drawn = each_grade_chart(make_timeline(store, range(100), days=100), make_stamp())
    assert len(drawn.figure.data) == 5
    assert [line.line.color for line in drawn.figure.data] == [GRADE_LINES[grade] for grade in "ABCDF"]
    assert len({line.yaxis for line in drawn.figure.data}) == 5


def test_small_multiples_of_a_year_are_small_enough_to_come_with_the_other_figures(store: Store) -> None:
    drawn = each_grade_chart(make_timeline(store, range(365), days=365), make_stamp())
    assert len(drawn.figure.to_json()) < 2**16


@pytest.mark.parametrize(("days", "max_points", "when"), [(30, 400, "%{x|%-d %b %Y}"), (100, 20, "%{hovertext}")])
def test_small_multiples_name_day_share_and_users_where_they_are_pointed_at(
    store: Store, days: int, max_points: int, when: str
) -> None:
    shown = make_timeline(store, range(1, days), days=days, max_points=max_points)
    line = each_grade_chart(shown, make_stamp()).figure.data[0]
    assert line.hovertemplate == f"{when}<br>A: <b>%{{y:.1f}} %</b>, users: %{{customdata:,d}}<extra></extra>"
    assert line.customdata[0] == shown.users["A"].iloc[0]
    assert (line.customdata[-1] is None) == (max_points > days), "today has no snapshot, its week has"
    assert (not line.hovertext) == (max_points > days)


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_nothing_to_draw_is_said_in_the_figure(store: Store, draw: Any) -> None:
    empty = make_timeline(store, [])
    for drawing in (draw(None, None), draw(empty, make_stamp()), draw(empty, None)):
        assert "No snapshot in this range" in drawing.alt
        assert texts(drawing) == ["No snapshot in this range"]


def test_the_grade_chart_says_when_there_is_no_snapshot_or_nobody_graded() -> None:
    assert grade_chart(None).alt.endswith("No snapshot yet")
    assert grade_chart(make_stamp(ScoreCounts())).alt.endswith("Nobody is graded yet")


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
@pytest.mark.parametrize(("days", "max_points"), [(1, 60), (61, 60), (500, 60), (3000, 60), (6000, 60)])
def test_every_resolution_is_drawn(store: Store, draw: Any, days: int, max_points: int) -> None:
    drawn = draw(make_timeline(store, [0, 5, days - 1], days=days, max_points=max_points), make_stamp())
    assert "24 Nov 2026" in drawn.alt
    assert len(drawn.figure.data[0].x) <= max_points


@given(some.lists(some.integers(0, 1000), min_size=5, max_size=6).filter(any))
@example([1, 0, 0, 0, 0])
@example([0, 0, 0, 0, 1])
@example([500, 1, 1, 1, 500, 1])
@settings(max_examples=20)  # each draws a chart
def test_labels_beside_the_mix_never_overlap(users: list[int]) -> None:
    store = Store.open("sqlite://")
    store.add([Snapshot("contoso", NOW, ScoreCounts(*users))])
    drawing = mix_chart(load_timeline(store, "contoso", DayRange(TODAY, TODAY, ZONE)), make_stamp())
    labels = [label for label in drawing.figure.layout.annotations if (label.xref, label.x) == ("paper", 1)]
    assert len(labels) >= 5
    assert all(upper.y - lower.y >= LABEL_HEIGHT - 1e-9 for lower, upper in pairwise(labels))
    assert labels[0].y >= 0
    assert labels[-1].y <= 100


def compared(then: ScoreCounts, now: ScoreCounts = COUNTS) -> tuple[Comparison, ComparedStamp]:
    before, after = Snapshot("contoso", NOW - timedelta(days=30), then), Snapshot("contoso", NOW, now)
    comparison = Comparison(after, before, TODAY, TODAY - timedelta(days=30))
    return comparison, ComparedStamp("<b>Contoso</b>", after, ZONE, NOW + timedelta(hours=1), before)


def test_the_dumbbell_has_a_ring_then_and_a_dot_now_for_each_grade_in_its_colour() -> None:
    drawing = dumbbell_chart(*compared(ScoreCounts(500, 300, 250, 100, 50)))
    points = [trace for trace in drawing.figure.data if trace.mode == "markers+text"]
    rings, dots = points[::2], points[1::2]
    assert [ring.marker.symbol for ring in rings] == ["circle-open"] * 5
    assert [ring.marker.color for ring in rings] == [GRADE_LINES[grade] for grade in "ABCDF"]
    assert [dot.marker.color for dot in dots] == [GRADE_COLOURS[grade] for grade in "ABCDF"]
    assert [ring.text[0] for ring in rings] == ["41.7 %", "25.0 %", "20.8 %", "8.3 %", "4.2 %"]
    assert [dot.text[0] for dot in dots] == [f"<b>{share} %</b>" for share in ("43.4", "28.1", "17.6", "7.6", "3.4")]
    assert [ring.textposition for ring in rings] == ["top left", "top left", "top right", "top right", "top right"]
    assert list(drawing.figure.layout.yaxis.ticktext) == [f"<b>{grade}</b>" for grade in "ABCDF"]
    assert list(drawing.figure.layout.yaxis.tickvals) == [4, 3, 2, 1, 0]
    assert "<b>+1.7 points</b><br>+22 users" in texts(drawing)
    assert drawing.alt == (
        "Net movement by grade, share of users graded, 25 Oct 2026 and 24 Nov 2026: A 41.7 % then, 43.4 % now "
        "(+1.7 points); B 25.0 % then, 28.1 % now (+3.1 points); C 20.8 % then, 17.6 % now (-3.2 points); "
        "D 8.3 % then, 7.6 % now (-0.8 points); F 4.2 % then, 3.4 % now (-0.8 points). "
        "Users graded: 1,200 then, 1,204 now."
    )


def test_the_stamp_of_a_comparison_has_both_instants_and_both_numbers_of_users() -> None:
    drawing = dumbbell_chart(*compared(ScoreCounts(500, 300, 250, 100, 50)))
    (mark,) = [one.text for one in drawing.figure.layout.annotations if one.name == "stamp"]
    assert mark == (
        "&lt;b&gt;Contoso&lt;/b&gt;<br>25 Oct 2026, 12:50 UTC, 1,200 users graded<br>"
        "24 Nov 2026, 12:50 UTC, 1,204 users graded<br>stored, from Mimecast"
    )


def test_a_comparison_without_shares_or_without_a_second_day_says_so() -> None:
    assert dumbbell_chart(None, None).alt.endswith("Nothing to compare")
    assert dumbbell_chart(*compared(ScoreCounts())).alt.endswith("Nobody was graded on one of the dates")
    odd = dumbbell_chart(*compared(ScoreCounts(5, 4, 3, 2, 1, 5), ScoreCounts(5, 4, 3, 2, 1)))
    assert odd.figure.layout.yaxis.ticktext[-1] == "<b>other</b>"
    assert "other 25.0 % then, 0.0 % now (-25.0 points)" in odd.alt


def judged(span: int, change: float | None, low: float | None, high: float | None) -> Variation:
    return Variation(Verdict.WITHIN, 30, span, change, low, high, 20)


def falling(store: Store, days_ago: Sequence[int], *, days: int, max_points: int = 400) -> Timeline:
    """An at-risk share of as many percent as days ago."""
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100 - ago, 0, 0, ago)) for ago in days_ago)
    return load_timeline(
        store, "contoso", DayRange(TODAY - timedelta(days=days - 1), TODAY, ZONE), max_points=max_points
    )


def test_usual_limits_are_the_share_one_span_earlier_plus_and_minus_over_the_last_span_only(store: Store) -> None:
    shown = falling(store, range(90), days=90)
    variation = judged(30, -30, -5, 2)
    band = normal_range_band(shown, variation)
    assert [band.index[0].date(), band.index[-1].date()] == [TODAY - timedelta(days=30), TODAY]
    assert band["low"].tolist() == pytest.approx([60 - day - 5 for day in range(31)])
    assert band["high"].tolist() == pytest.approx([60 - day + 2 for day in range(31)])
    drawing = at_risk_chart(shown, make_stamp(), marks=Annotations(variation=variation))
    shaded = drawing.figure.data[0]
    assert (shaded.fill, shaded.hoveron) == ("toself", "fills")
    assert shaded.text == "Within usual variation over 30 days it would be 25.0 % to 32.0 %"
    assert drawing.alt.endswith(f". {shaded.text}.")
    assert "usual variation" in texts(drawing)
    assert drawing.figure.layout.yaxis.range[1] > 89


def test_usual_limits_leave_gaps_open_and_stay_between_nobody_and_everybody(store: Store) -> None:
    shown = falling(store, [*range(10), *range(15, 20), *range(30, 45), *range(50, 80)], days=80)
    band = normal_range_band(shown, judged(30, -30, -90, 90))
    assert [(TODAY - label.date()).days for label in band.index[band["low"].isna()]] == [
        *range(29, 19, -1),
        *range(14, 9, -1),
    ]
    assert (band["low"].dropna() == 0).all()
    assert (band["high"].dropna() == 100).all()
    drawing = at_risk_chart(shown, make_stamp(), marks=Annotations(variation=judged(30, -30, -5, 2)))
    outlines = [trace for trace in drawing.figure.data if trace.name == "usual variation"]
    assert [trace.fill for trace in outlines] == [None, "toself", "toself"]


def test_a_chart_shorter_than_two_spans_shows_the_limits_of_its_last_day(store: Store) -> None:
    shown = falling(store, range(90), days=30)
    drawing = at_risk_chart(shown, make_stamp(), marks=Annotations(variation=judged(90, -70, -5, 2)))
    stroke = drawing.figure.data[0]
    assert list(stroke.y) == [65, 72]
    assert "Within usual variation over 90 days it would be 65.0 % to 72.0 %." in drawing.alt


@pytest.mark.parametrize("variation", [None, judged(30, None, None, None), judged(30, -1, None, None)])
def test_without_limits_none_are_drawn(store: Store, variation: Variation | None) -> None:
    shown = falling(store, range(30), days=30)
    plain, marked = (
        at_risk_chart(shown, make_stamp()),
        at_risk_chart(shown, make_stamp(), marks=Annotations(variation=variation)),
    )
    assert marked.figure == plain.figure
    assert marked.alt == plain.alt


def test_usual_limits_are_drawn_by_week_too(store: Store) -> None:
    shown = falling(store, range(100), days=100, max_points=20)
    band = normal_range_band(shown, judged(30, -30, -1, 1))
    assert [str(label.date()) for label in band.index[[0, -1]]] == ["2026-10-19", "2026-11-23"]
    assert (band["high"] - band["low"]).tolist() == pytest.approx([2] * 6)
    assert band["high"].iloc[-1] == pytest.approx(31)


DEFICIENCIES = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB."""


def lab(rgb: Sequence[float]) -> LinearRgb:
    """CIE L*a*b* under D65."""
    matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    xyz = [sum(weight * min(max(value, 0), 1) for weight, value in zip(row, rgb, strict=True)) for row in matrix]
    scaled = (value / white for value, white in zip(xyz, (0.95047, 1, 1.08883), strict=True))
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_grades_are_told_apart_whatever_the_eyes(deficiency: str) -> None:
    matrix = DEFICIENCIES[deficiency]
    seen = {
        grade: lab([sum(a * b for a, b in zip(row, linear_rgb(GRADE_COLOURS[grade]), strict=True)) for row in matrix])
        for grade in "ABCDF"
    }
    distances = {
        one + other: sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        for one in seen
        for other in seen
        if one < other
    }
    assert min(distances.values()) > 25, distances


@pytest.mark.parametrize("colour", [AT_RISK_LINE, USERS_LINE])
@pytest.mark.parametrize("background", ["#ffffff", "#14181d"])
def test_lines_are_seen_on_both_backgrounds(colour: str, background: str) -> None:
    assert contrast(colour, background) >= 3


def test_dates_are_the_reporting_days() -> None:
    assert make_stamp().day == date(2026, 11, 24)


def heights(picture: str) -> list[float]:
    """How far down each point of a sparkline stands."""
    points = re.search(r'polyline points="([^"]*)"', unquote(picture))
    assert points is not None
    return [float(point.partition(",")[2]) for point in points[1].split()]


def test_a_sparkline_goes_from_its_least_value_at_the_bottom_to_its_greatest_at_the_top() -> None:
    low, high, middle = heights(sparkline([10, 30, 20], "#123456"))
    assert (low, high, middle) == (HEIGHT - STROKE_MARGIN, STROKE_MARGIN, HEIGHT / 2)
    assert "#123456" in unquote(sparkline([10, 30], "#123456"))


def test_a_sparkline_of_equal_values_is_level_in_the_middle() -> None:
    assert heights(sparkline([7, 7, 7], "#123456")) == [HEIGHT / 2] * 3
