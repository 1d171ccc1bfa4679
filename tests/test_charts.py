"""Charts: what they draw, their text alternatives, and the stamp that stays with the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from mimecast.charts.chart import Chart
from mimecast.charts.dumbbell import dumbbell_chart
from mimecast.charts.grades import grade_chart
from mimecast.charts.mix import each_grade_chart, mix_chart
from mimecast.charts.trend import at_risk_chart, users_graded_chart
from mimecast.domain.annotations import Annotations
from mimecast.domain.comparison import Comparison
from mimecast.domain.normal_range import JudgedChange, RangeOfDay, Verdict
from mimecast.domain.reporting_days import DayRange
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.domain.timeline import Timeline
from mimecast.palette import AT_RISK_LINE, GRADE_COLOURS, GRADE_LINES, USERS_LINE
from mimecast.store.normal_range import load_band
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.text.stamp import MAX_LINE_CHARS, ComparedStamp, Stamp
from tests.support.charts import (
    COUNTS,
    TIMELINE_CHARTS,
    ZONE,
    LinearRgb,
    TimelineChart,
    contrast,
    linear_rgb,
    make_stamp,
    make_timeline,
)
from tests.support.clock import NOW, TODAY
from tests.support.exhaustive import CROSSED

LABEL_HEIGHT = 6.5
"""Of a line of text, in percent of the height of the mix."""


NO_ANNOTATIONS = Annotations()


def texts(chart: Chart) -> list[str]:
    return [annotation.text for annotation in chart.figure.layout.annotations]


def draw_grades(stamp: Stamp) -> Chart:
    return grade_chart(stamp, file_name="grades")


def draw_timeline(draw: TimelineChart, timeline: Timeline, stamp: Stamp | None = None) -> Chart:
    return draw(timeline, stamp or make_stamp(), NO_ANNOTATIONS, file_name="chart")


def draw_at_risk(timeline: Timeline, annotations: Annotations = NO_ANNOTATIONS) -> Chart:
    return at_risk_chart(timeline, make_stamp(), annotations, file_name="at-risk")


def draw_dumbbell(then: ScoreCounts, now: ScoreCounts = COUNTS) -> Chart:
    earlier, later = Snapshot("contoso", NOW - timedelta(days=30), then), Snapshot("contoso", NOW, now)
    comparison = Comparison(later, earlier, TODAY, TODAY - timedelta(days=30))
    stamp = ComparedStamp("<b>Contoso</b>", later, ZONE, NOW + timedelta(hours=1), earlier)
    return dumbbell_chart(comparison, stamp, file_name="comparison")


def test_the_grade_chart_states_each_grade_in_order() -> None:
    chart = draw_grades(make_stamp())
    assert chart.alt == (
        "Users by SAFE Score grade: A 522 (43.4%), B 338 (28.1%), C 212 (17.6%), D 91 (7.6%), F 41 (3.4%). "
        "1,204 users graded."
    )
    (bars,) = chart.figure.data
    assert list(bars.x) == ["A", "B", "C", "D", "F"]
    assert list(bars.y) == [522, 338, 212, 91, 41]
    assert bars.text[0] == "<b>522</b><br>43.4%"


def test_users_with_an_unknown_grade_are_chart_last_and_in_grey() -> None:
    (bars,) = draw_grades(make_stamp(ScoreCounts(5, 4, 3, 2, 1, 5))).figure.data
    assert bars.x[-1] == "other"
    assert bars.marker.color[-1] == GRADE_COLOURS["other"]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_every_chart_has_its_stamp_and_a_text_alternative(store: Store, draw: TimelineChart) -> None:
    timeline_chart = draw_timeline(draw, make_timeline(store, range(30)))
    for chart in (timeline_chart, draw_grades(make_stamp())):
        (stamp,) = [annotation for annotation in chart.figure.layout.annotations if annotation.name == "stamp"]
        assert stamp.text == "Contoso · 24 Nov 2026, 12:50 UTC<br>1,204 users graded · stored, from Mimecast"
    assert "30 of 30 days have a snapshot" in timeline_chart.alt


def test_the_stamp_names_the_source() -> None:
    assert make_stamp(source=Source.SAMPLE).parts[-1] == "SAMPLE DATA"
    assert make_stamp(source=Source.IMPORTED).parts[-1] == "imported"
    assert make_stamp().parts[-1] == "stored, from Mimecast"
    assert Stamp("Contoso", Snapshot("contoso", NOW, COUNTS), ZONE, NOW).parts[-1] == "live from Mimecast"


@given(some.text(some.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=60))
def test_a_long_name_is_broken_into_lines_and_never_cut(name: str) -> None:
    stamp = make_stamp(name=name)
    assert all(len(line) <= MAX_LINE_CHARS for line in stamp.lines)
    whole, broken = "".join(stamp.parts), "".join(stamp.lines)
    assert [letter for letter in broken if not letter.isspace() and letter != "·"] == [
        letter for letter in whole if not letter.isspace() and letter != "·"
    ]


@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
def test_a_name_stays_text_in_every_chart(store: Store, draw: TimelineChart) -> None:
    chart = draw_timeline(draw, make_timeline(store, range(30)), make_stamp(name='<a href="x">$y$</a>'))
    (stamp,) = [text for text in texts(chart) if "users graded" in text]
    assert stamp.startswith('&lt;a href="x"&gt;&#36;y&#36;&lt;/a&gt;')


@pytest.mark.parametrize("draw", [at_risk_chart, each_grade_chart, users_graded_chart])
def test_a_gap_is_left_open_and_shaded(store: Store, draw: TimelineChart) -> None:
    chart = draw_timeline(draw, make_timeline(store, [0, 1, 2, 3, 10, 11, 12]))
    line = chart.figure.data[0]
    assert line.connectgaps is False
    assert list(line.y).count(None) == 23
    shaded = {(shape.x0, shape.x1) for shape in chart.figure.layout.shapes}
    assert shaded == {("2026-10-25 12:00:00", "2026-11-11 12:00:00"), ("2026-11-14 12:00:00", "2026-11-20 12:00:00")}


def test_a_wide_gap_is_named(store: Store) -> None:
    chart = draw_at_risk(make_timeline(store, [0, 1, 29]))
    assert [shape.label.text for shape in chart.figure.layout.shapes] == ["no snapshots"]


def test_a_day_between_two_gaps_gets_a_dot(store: Store) -> None:
    chart = draw_at_risk(make_timeline(store, [0, 1, 50], days=100))
    line, marks = chart.figure.data
    assert line.mode == "lines"
    assert [str(label)[:10] for label in marks.x] == ["2026-10-05"]


def test_the_mix_is_stacked_from_f_and_adds_up_to_100_percent(store: Store) -> None:
    chart = draw_timeline(mix_chart, make_timeline(store, range(30)))
    assert [bars.name for bars in chart.figure.data] == ["F", "D", "C", "B", "A"]
    assert chart.figure.layout.barmode == "stack"
    for column in zip(*(bars.y for bars in chart.figure.data), strict=True):
        assert sum(column) == pytest.approx(100, abs=0.01)
    assert texts(chart)[:5] == ["<b>F 2.0%</b>", "<b>D 8.0%</b>", "C 20.0%", "B 20.0%", "A 50.0%"]


def test_the_at_risk_axis_begins_at_zero_and_the_last_value_is_labelled(store: Store) -> None:
    chart = draw_at_risk(make_timeline(store, range(30)))
    assert chart.figure.layout.yaxis.range[0] == 0
    assert "<b>10.0%</b>" in texts(chart)
    assert chart.alt == (
        "Share of users at risk (D + F): 7.8% on 26 Oct 2026, 10.0% on 24 Nov 2026; lowest 7.8%, highest 10.0%. "
        "30 of 30 days have a snapshot."
    )


def test_each_grade_and_the_users_graded_have_panels_of_their_own(store: Store) -> None:
    chart = draw_timeline(each_grade_chart, make_timeline(store, range(100), days=100))
    *grades, users = chart.figure.data
    assert [line.line.color for line in grades] == [GRADE_LINES[grade] for grade in "ABCDF"]
    assert (users.y[0], users.y[-1]) == (199, 100)
    assert "Users graded: 199 on 17 Aug 2026, 100 on 24 Nov 2026." in chart.alt
    assert len({line.yaxis for line in chart.figure.data}) == 6


def test_the_panels_of_a_year_are_small_enough_to_be_sent_with_the_page(store: Store) -> None:
    chart = draw_timeline(each_grade_chart, make_timeline(store, range(365), days=365))
    assert len(chart.figure.to_json()) < 2**16


@pytest.mark.parametrize(("days", "max_points", "when"), [(30, 400, "%{x|%-d %b %Y}"), (100, 20, "%{hovertext}")])
def test_the_panels_show_period_share_and_users_on_hover(store: Store, days: int, max_points: int, when: str) -> None:
    shown = make_timeline(store, range(1, days), days=days, max_points=max_points)
    line = draw_timeline(each_grade_chart, shown).figure.data[0]
    assert line.hovertemplate == f"{when}<br>A: <b>%{{y:.1f}}%</b>, users: %{{customdata:,d}}<extra></extra>"
    assert line.customdata[0] == shown.users("A")[0]
    assert (line.customdata[-1] is None) == (max_points > days), "today has no snapshot, its week has"
    assert (not line.hovertext) == (max_points > days)


@CROSSED
@pytest.mark.parametrize("draw", TIMELINE_CHARTS)
@pytest.mark.parametrize(("days", "max_points"), [(1, 60), (61, 60), (500, 60), (3000, 60), (6000, 60)])
def test_every_resolution_is_chart(store: Store, draw: TimelineChart, days: int, max_points: int) -> None:
    chart = draw_timeline(draw, make_timeline(store, [0, 5, days - 1], days=days, max_points=max_points))
    assert "24 Nov 2026" in chart.alt
    assert len(chart.figure.data[0].x) <= max_points


@given(some.lists(some.integers(0, 1000), min_size=5, max_size=6).filter(any))
@example([1, 0, 0, 0, 0])
@example([0, 0, 0, 0, 1])
@example([500, 1, 1, 1, 500, 1])
@settings(max_examples=20)  # each draws a chart
def test_labels_beside_the_mix_never_overlap(users: list[int]) -> None:
    store = Store.open("sqlite://")
    store.add([Snapshot("contoso", NOW, ScoreCounts(*users))])
    chart = draw_timeline(mix_chart, load_timeline(store, "contoso", DayRange(TODAY, TODAY, ZONE)))
    labels = [label for label in chart.figure.layout.annotations if (label.xref, label.x) == ("paper", 1)]
    assert len(labels) >= 5
    assert all(upper.y - lower.y >= LABEL_HEIGHT - 1e-9 for lower, upper in pairwise(labels))
    assert labels[0].y >= 0
    assert labels[-1].y <= 100


def test_the_dumbbell_has_a_ring_then_and_a_dot_now_for_each_grade_in_its_colour() -> None:
    chart = draw_dumbbell(ScoreCounts(500, 300, 250, 100, 50))
    points = [trace for trace in chart.figure.data if trace.mode == "markers+text"]
    rings, dots = points[::2], points[1::2]
    assert [ring.marker.symbol for ring in rings] == ["circle-open"] * 5
    assert [ring.marker.color for ring in rings] == [GRADE_LINES[grade] for grade in "ABCDF"]
    assert [dot.marker.color for dot in dots] == [GRADE_COLOURS[grade] for grade in "ABCDF"]
    assert [ring.text[0] for ring in rings] == ["41.7%", "25.0%", "20.8%", "8.3%", "4.2%"]
    assert [dot.text[0] for dot in dots] == [f"<b>{share}%</b>" for share in ("43.4", "28.1", "17.6", "7.6", "3.4")]
    assert [ring.textposition for ring in rings] == ["top left", "top left", "top right", "top right", "top right"]
    assert list(chart.figure.layout.yaxis.ticktext) == [f"<b>{grade}</b>" for grade in "ABCDF"]
    assert list(chart.figure.layout.yaxis.tickvals) == [4, 3, 2, 1, 0]
    assert "<b>+1.7 points</b><br>+22 users" in texts(chart)
    assert chart.alt == (
        "Change by grade, 25 Oct 2026 and 24 Nov 2026: A 41.7% then, 43.4% now "
        "(+1.7 points); B 25.0% then, 28.1% now (+3.1 points); C 20.8% then, 17.6% now (−3.2 points); "
        "D 8.3% then, 7.6% now (−0.8 points); F 4.2% then, 3.4% now (−0.8 points). "
        "Users graded: 1,200 then, 1,204 now."
    )


def test_the_stamp_of_a_comparison_has_both_snapshots() -> None:
    chart = draw_dumbbell(ScoreCounts(500, 300, 250, 100, 50))
    (stamp,) = [annotation.text for annotation in chart.figure.layout.annotations if annotation.name == "stamp"]
    assert stamp == (
        "&lt;b&gt;Contoso&lt;/b&gt;<br>25 Oct 2026, 12:50 UTC, 1,200 users graded<br>"
        "24 Nov 2026, 12:50 UTC, 1,204 users graded<br>stored, from Mimecast"
    )


def test_a_comparison_has_a_row_for_other_grades_where_there_were_any() -> None:
    chart = draw_dumbbell(ScoreCounts(5, 4, 3, 2, 1, 5), ScoreCounts(5, 4, 3, 2, 1))
    assert chart.figure.layout.yaxis.ticktext[-1] == "<b>other</b>"
    assert "other 25.0% then, 0.0% now (−25.0 points)" in chart.alt


def with_band(store: Store, low: float, high: float, *, span: int = 30) -> Annotations:
    """Return the normal range of the last snapshot, whose limits are `low` and `high` points."""
    newest = store.newest("contoso")
    assert newest is not None
    judged = JudgedChange(Verdict.WITHIN, span, -span, low, high, 20)
    return Annotations(judged=judged, band=load_band(store, newest, ZONE, judged))


def falling(store: Store, days_ago: Sequence[int], *, days: int, max_points: int = 400) -> Timeline:
    """Return a timeline whose share at risk in percent is the number of days ago."""
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), ScoreCounts(100 - ago, 0, 0, ago)) for ago in days_ago)
    return load_timeline(
        store, "contoso", DayRange(TODAY - timedelta(days=days - 1), TODAY, ZONE), max_points=max_points
    )


def test_the_normal_range_is_around_the_share_30_days_earlier_and_covers_30_days(store: Store) -> None:
    timeline = falling(store, range(90), days=90)
    annotations = with_band(store, -5, 2)
    assert annotations.band == tuple(
        RangeOfDay(TODAY - timedelta(days=30 - day), 60 - day - 5, 60 - day + 2) for day in range(31)
    )
    chart = draw_at_risk(timeline, annotations)
    (outline,) = [trace for trace in chart.figure.data if trace.name == "normal range"]
    assert (outline.fill, outline.hoveron) == ("toself", "fills")
    assert outline.text == "After a normal change over 30 days, the share at risk would be 25.0% to 32.0%"
    assert f"{outline.text}." in chart.alt
    assert "normal range" in texts(chart)
    assert chart.figure.layout.yaxis.range[1] > 89


def test_the_normal_range_has_a_gap_where_the_days_it_rests_on_have_no_snapshot(store: Store) -> None:
    timeline = falling(store, [*range(30), *range(30, 40), *range(50, 80)], days=80)
    annotations = with_band(store, -5, 2)
    assert [(TODAY - day.day).days for day in annotations.band] == [*range(30, 12, -1), *range(9, -1, -1)]
    outlines = [trace for trace in draw_at_risk(timeline, annotations).figure.data if trace.name == "normal range"]
    assert [len(outline.x) for outline in outlines] == [2 * 18, 2 * 10]


def test_the_normal_range_stays_between_0_and_100_percent(store: Store) -> None:
    falling(store, range(90), days=90)
    for day in with_band(store, -90, 90).band:
        assert (day.low, day.high) == (0, 100)


def test_a_chart_shorter_than_the_span_shows_the_normal_range_of_its_days(store: Store) -> None:
    timeline = falling(store, range(100), days=5)
    chart = draw_at_risk(timeline, with_band(store, -5, 2, span=90))
    (outline,) = [trace for trace in chart.figure.data if trace.name == "normal range"]
    assert len(outline.x) == 2 * 5
    assert "After a normal change over 90 days, the share at risk would be 85.0% to 92.0%." in chart.alt


@pytest.mark.parametrize("judged", [None, JudgedChange(Verdict.UNKNOWN, 30, -1, None, None, 2)])
def test_without_a_normal_range_none_is_drawn(store: Store, judged: JudgedChange | None) -> None:
    timeline = falling(store, range(30), days=30)
    without = draw_at_risk(timeline)
    chart = draw_at_risk(timeline, Annotations(judged=judged))
    assert chart.figure == without.figure
    assert chart.alt == without.alt


def test_the_normal_range_is_drawn_by_week_too(store: Store) -> None:
    timeline = falling(store, range(100), days=100, max_points=20)
    (outline,) = [trace for trace in draw_at_risk(timeline, with_band(store, -1, 1)).figure.data if trace.fill]
    half = len(outline.x) // 2
    assert (outline.x[0], outline.x[half - 1]) == ("2026-10-19", "2026-11-23")
    assert [high - low for high, low in zip(outline.y[:half], reversed(outline.y[half:]), strict=True)] == [2] * 6


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
def test_grades_differ_for_any_colour_vision(deficiency: str) -> None:
    matrix = DEFICIENCIES[deficiency]
    seen = {
        grade: lab([sum(a * b for a, b in zip(row, linear_rgb(GRADE_COLOURS[grade]), strict=True)) for row in matrix])
        for grade in "ABCDF"
    }
    distances = {
        grade + other: sum((a - b) ** 2 for a, b in zip(seen[grade], seen[other], strict=True)) ** 0.5
        for grade in seen
        for other in seen
        if grade < other
    }
    assert min(distances.values()) > 25, distances


@pytest.mark.parametrize("colour", [AT_RISK_LINE, USERS_LINE])
@pytest.mark.parametrize("background", ["#ffffff", "#14181d"])
def test_lines_are_seen_on_both_backgrounds(colour: str, background: str) -> None:
    assert contrast(colour, background) >= 3


def history_of(store: Store, users: int, *, days: int = 30) -> Timeline:
    """Store a history in which this many users have grade D, and as many an undocumented grade."""
    counts = ScoreCounts(d=users, other=users)
    store.add(Snapshot("contoso", NOW - timedelta(days=ago), counts) for ago in range(days))
    return load_timeline(store, "contoso", DayRange(TODAY - timedelta(days=days - 1), TODAY, ZONE))


@pytest.mark.parametrize(("users", "step"), [(0, 1), (1, 1), (2, 1), (600, None), (2_000_000, None)])
@pytest.mark.parametrize("days", [1, 30])
def test_users_are_counted_in_whole_numbers(store: Store, users: int, step: int | None, days: int) -> None:
    axis = draw_timeline(users_graded_chart, history_of(store, users, days=days)).figure.layout.yaxis
    assert axis.dtick == step
    assert axis.range[0] == 0
    assert axis.range[1] >= max(2 * users, 1)


def text_room(text: str, size: float) -> float:
    """Return a lower bound of the pixels that characters take in the widest font that charts use."""
    return len(re.sub("<.*?>", "", text)) * size * 0.5


@pytest.mark.parametrize("users", [1, 600, 2_000_000, 900_000_000])
def test_labels_beside_a_plot_have_room_for_any_number_of_users(store: Store, users: int) -> None:
    timeline = history_of(store, users)
    stamp = make_stamp(ScoreCounts(d=users, other=users))
    for draw in TIMELINE_CHARTS:
        layout = draw_timeline(draw, timeline, stamp).figure.layout
        for label in layout.annotations:
            if label.xref == "paper" and label.x == 1:
                room = max(text_room(line, label.font.size) for line in label.text.split("<br>"))
                assert room + label.xshift <= layout.margin.r, label.text
    layout = draw_timeline(users_graded_chart, timeline, stamp).figure.layout
    assert text_room(f"{int(layout.yaxis.range[1]):,}", 12) + 6 <= layout.margin.l
    (bars,) = draw_grades(stamp).figure.data
    assert bars.constraintext == "none"
    assert text_room(f"{users:,}", bars.textfont.size) <= 340 / 6
    changed = draw_dumbbell(ScoreCounts(a=1), ScoreCounts(a=1, d=users, other=users)).figure.layout
    for label in changed.annotations:
        if label.xref == "paper" and label.x == 1:
            for line in label.text.split("<br>"):
                assert text_room(line, 12) + 4 <= changed.margin.r, line


def test_quotation_marks_in_a_name_are_shown_as_such() -> None:
    """Plotly knows few entities, and shows `&quot;` literally."""
    (stamp,) = [text for text in texts(draw_grades(make_stamp(name="""Smith's "Best" & Co"""))) if "graded" in text]
    assert stamp.startswith("""Smith's "Best" &amp; Co""")


def test_dates_are_the_reporting_days() -> None:
    assert make_stamp().day == date(2026, 11, 24)
