"""Departments and movement: who is large enough to be shown, and what can be worked out from what is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mimecast.charts.people.components import components_chart
from mimecast.charts.people.departments import MAX_NAME_EMS, short_names
from mimecast.charts.text_width import em_width
from mimecast.domain.people.departments import SMALLER_DEPARTMENTS, add_counts, compare_departments, merge_small
from mimecast.domain.people.movement import GradeInterval, Movement, at_risk_since, is_complete, matrix, time_at_risk
from mimecast.domain.people.users import (
    COMPONENT_NAMES,
    NO_DEPARTMENT,
    ComponentCounts,
    ListedUser,
    department_name,
    key_fingerprint,
    parse_grade,
    pseudonym_of,
    tally_users,
)
from mimecast.domain.scores import GRADES, OTHER, ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.text.stamp import Stamp

KEY = b"k" * 32
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)

counts = st.builds(ScoreCounts, *(st.integers(0, 12) for _ in range(6)))
departments = st.dictionaries(st.sampled_from([*"abcdefgh", NO_DEPARTMENT, SMALLER_DEPARTMENTS]), counts)
minimums = st.integers(5, 30)
lists = st.dictionaries(st.binary(min_size=1, max_size=1), st.sampled_from([*GRADES, OTHER]), max_size=60)


def user(address: str, department: str = "", grade: str = "A", name: str = "") -> ListedUser:
    return ListedUser(address, name, department, grade, (grade, grade, grade, ""))


@given(departments, minimums)
def test_no_user_is_lost_or_invented_and_every_group_is_large_enough(
    listed: dict[str, ScoreCounts], minimum: int
) -> None:
    shown = merge_small(listed, minimum)
    total = add_counts(*listed.values())
    if total.users_graded < minimum:
        assert shown == {}
    else:
        assert add_counts(*shown.values()) == total
        assert all(each.users_graded >= minimum for each in shown.values())


@given(departments, minimums)
def test_the_group_of_smaller_departments_is_never_one_department(listed: dict[str, ScoreCounts], minimum: int) -> None:
    shown = merge_small(listed, minimum)
    hidden = [name for name in listed if name not in shown or name == SMALLER_DEPARTMENTS]
    if SMALLER_DEPARTMENTS in shown and SMALLER_DEPARTMENTS not in listed:
        assert len(hidden) >= 2 or len(listed) == 1


@given(departments, minimums)
def test_merging_again_changes_nothing(listed: dict[str, ScoreCounts], minimum: int) -> None:
    shown = merge_small(listed, minimum)
    assert merge_small(shown, minimum) == shown


def test_one_small_department_takes_the_next_smallest_with_it() -> None:
    listed = {"Sales": ScoreCounts(a=50), "Legal": ScoreCounts(a=12), "Board": ScoreCounts(f=3)}
    assert merge_small(listed, 10) == {"Sales": ScoreCounts(a=50), SMALLER_DEPARTMENTS: ScoreCounts(a=12, f=3)}


def test_the_group_of_smaller_departments_and_those_that_were_small_are_not_compared() -> None:
    now = {"Sales": ScoreCounts(a=10, f=10), "IT": ScoreCounts(a=20), SMALLER_DEPARTMENTS: ScoreCounts(a=9, f=1)}
    then = {"SALES": ScoreCounts(a=15, f=5), SMALLER_DEPARTMENTS: ScoreCounts(a=20)}
    changes = compare_departments(now, then)
    assert [(each.department, each.change) for each in changes] == [
        ("Sales", 25.0),
        (SMALLER_DEPARTMENTS, None),
        ("IT", None),
    ]


@given(lists, lists)
def test_the_matrix_has_every_user_once(then: dict[bytes, str], now: dict[bytes, str]) -> None:
    movement = Movement(NOW - timedelta(days=30), NOW, matrix(then, now))
    assert movement.graded_then() == len(then)
    assert movement.graded_now() == len(now)
    assert movement.graded_then() - movement.left + movement.joined == movement.graded_now()
    for grade in GRADES:
        assert movement.graded_then(grade) == sum(each == grade for each in then.values())
        same_or_moved = movement.count(grade, grade) + movement.improved(grade) + movement.worsened(grade)
        assert same_or_moved + movement.count(grade, "") + movement.count(grade, OTHER) == movement.graded_then(grade)


def test_time_at_risk_ends_with_a_better_grade_and_goes_on_from_d_to_f() -> None:
    day = 86400
    now = int(NOW.timestamp())
    intervals = [
        GradeInterval(b"a", "F", now - 10 * day, None),
        GradeInterval(b"a", "D", now - 100 * day, now - 10 * day),
        GradeInterval(b"b", "D", now - 5 * day, None),
        GradeInterval(b"b", "D", now - 200 * day, now - 20 * day),
        GradeInterval(b"c", "D", now - 200 * day, now - 20 * day),
    ]
    since = at_risk_since(intervals)
    assert since == {b"a": now - 100 * day, b"b": now - 5 * day}
    counted = time_at_risk(since, NOW, NOW - timedelta(days=120))
    assert (counted.users, counted.at_least) == (2, {30: 1, 90: 1})


def test_a_user_listed_twice_counts_once_and_one_without_an_address_in_departments_only() -> None:
    tally = tally_users(
        [user("Ada@x", "Sales", "D"), user("ada@X ", "sales", "A"), user("", "Sales", "F"), user("b@x", "", "")],
        lambda address: pseudonym_of(KEY, address),
    )
    assert (tally.listed, tally.graded, tally.listed_twice) == (3, 2, 1)
    assert tally.departments() == {"Sales": ScoreCounts(a=1, f=1)}
    assert tally.grades() == {pseudonym_of(KEY, "ada@x"): "A"}
    assert tally.components()["sentiment"].not_graded == 3


@given(st.text())
def test_a_pseudonym_depends_on_the_key_and_on_nothing_but_the_lower_cased_address(address: str) -> None:
    assert pseudonym_of(KEY, address.lower()) == pseudonym_of(KEY, f" {address.lower()} ")
    assert pseudonym_of(KEY, address) != pseudonym_of(b"other" * 8, address)
    assert key_fingerprint(KEY) != key_fingerprint(b"other" * 8)


def test_texts_become_departments_and_grades() -> None:
    assert [department_name(text) for text in ("", " \n", "132", "R\n&  D")] == [NO_DEPARTMENT] * 2 + ["132", "R & D"]
    assert [parse_grade(value) for value in ("a", "E", "", None, " ", 5)] == ["A", OTHER, "", "", "", OTHER]


def test_long_names_in_the_chart_keep_what_tells_them_apart() -> None:
    region = "Regional Operations and Customer Experience, Asia Pacific"
    names = short_names(["Sales", f"{region} 11", f"{region} 12", "Ressources humaines et formation"])
    assert names[0] == "Sales"
    assert [name[-3:] for name in names[1:3]] == [" 11", " 12"]
    assert names[3].startswith("Ressources")
    assert len(set(names)) == 4
    assert all(em_width(name) <= MAX_NAME_EMS for name in names)


def test_users_without_a_component_grade_are_labelled_in_the_bars() -> None:
    stamp = Stamp("Contoso", Snapshot("contoso", NOW, ScoreCounts(a=20)), ZoneInfo("UTC"), NOW)
    components = {
        "human_error": ComponentCounts(ScoreCounts(a=10, f=4), 6),
        "engagement": ComponentCounts(ScoreCounts(a=18), 2),
        "sentiment": ComponentCounts(ScoreCounts(), 20),
    }
    chart = components_chart(components, stamp, file_name="components")
    labels = [(label.y, label.text) for label in chart.figure.layout.annotations if label.y in COMPONENT_NAMES.values()]
    assert labels == [("Human error", "– 30%"), ("Sentiment", "Not graded 100%")]
    assert "Human error: A 10, B 0, C 0, D 0, F 4, not graded 6 of 20" in chart.alt


def test_a_list_that_was_cut_short_is_not_complete() -> None:
    assert is_complete(90, 100)
    assert not is_complete(89, 100)
    assert not is_complete(0, 0)
