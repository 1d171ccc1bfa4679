"""The address bar, read with care, and text that stays text."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mimecast.ui.escaping import escape_markdown
from mimecast.ui.url.params import AUTOMATIC, EARLIEST, TwoDates, pick_account, pick_dates, pick_range, pick_resolution
from tests.support.clock import TODAY


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ("1y", date(2025, 11, 25), TODAY)),
        ({"range": "30d"}, ("30d", date(2026, 10, 26), TODAY)),
        ({"range": "90d"}, ("90d", date(2026, 8, 27), TODAY)),
        ({"range": "all"}, ("all", date(2026, 1, 2), TODAY)),
        ({"range": "own", "from": "2026-02-01", "to": "2026-03-01"}, ("own", date(2026, 2, 1), date(2026, 3, 1))),
        ({"from": "2026-02-01"}, ("own", date(2026, 2, 1), TODAY)),
        ({"range": "own"}, ("own", date(2025, 11, 25), TODAY)),
        ({"to": "2020-12-31"}, ("own", date(2020, 1, 2), date(2020, 12, 31))),
        ({"range": "90d", "from": "2026-02-01", "to": "2026-03-01"}, ("90d", date(2026, 8, 27), TODAY)),
    ],
)
def test_a_range_in_the_address_is_taken(params: dict[str, str], expected: tuple[str, date, date]) -> None:
    chosen = pick_range(params, TODAY, date(2026, 1, 2))
    assert (chosen.name, chosen.first, chosen.last, chosen.complaint) == (*expected, "")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"range": "1Y"}, "the range “1Y”, which is unknown"),
        ({"range": "x" * 90 + "\n"}, f"the range “{'x' * 40}”"),
        (
            {"range": "own", "from": "yesterday"},
            "from=yesterday, which is not a date between 2010-01-01 and 2026-11-24",
        ),
        ({"range": "own", "to": "2026-11-25"}, "to=2026-11-25"),
        ({"range": "own", "from": "0001-01-01"}, "from=0001-01-01"),
        ({"from": "2026-09-01", "to": "2026-08-31"}, "ends (2026-08-31) before it begins (2026-09-01)"),
    ],
)
def test_a_range_that_makes_no_sense_is_named_and_a_year_is_shown(params: dict[str, str], said: str) -> None:
    chosen = pick_range(params, TODAY, None)
    assert said in chosen.complaint
    assert (chosen.name, chosen.first, chosen.last) == ("1y", date(2025, 11, 25), TODAY)


@pytest.mark.parametrize(
    ("params", "dates"),
    [
        ({}, TwoDates(None, None)),
        ({"range": "90d", "from": "2026-02-01", "to": "2026-11-24"}, TwoDates(date(2026, 2, 1), TODAY)),
        ({"from": "2026-02-01"}, TwoDates(date(2026, 2, 1), None)),
        ({"to": "2026-02-01"}, TwoDates(None, date(2026, 2, 1))),
    ],
)
def test_two_dates_in_the_address_are_taken(params: dict[str, str], dates: TwoDates) -> None:
    assert pick_dates(params, TODAY) == dates


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"from": "2026-09-01", "to": "2026-08-31"}, "ends (2026-08-31) before it begins (2026-09-01)"),
        ({"from": "<b>"}, "from=<b>, which is not a date between 2010-01-01 and 2026-11-24"),
        ({"to": "2026-11-25"}, "to=2026-11-25, which is not a date between 2010-01-01 and 2026-11-24"),
        ({"to": ""}, "to=, which is not a date"),
        ({"from": "2026-09-01", "to": "2026-09-01"}, "asks to compare 1 Sep 2026 with itself"),
    ],
)
def test_two_dates_that_make_no_sense_are_named(params: dict[str, str], said: str) -> None:
    asked = pick_dates(params, TODAY)
    assert said in asked.complaint
    assert (asked.earlier, asked.later) == (None, None)


def test_a_resolution_in_the_address_is_taken_if_there_is_such_a_one() -> None:
    assert pick_resolution(None) == pick_resolution("auto") == (AUTOMATIC, "")
    assert [pick_resolution(by) for by in ("day", "week", "month")] == [("day", ""), ("week", ""), ("month", "")]
    assert pick_resolution("fortnight") == (
        AUTOMATIC,
        "The address says by=fortnight, which is none of day, week and month.",
    )


def test_everything_before_the_first_snapshot_is_ninety_days() -> None:
    assert pick_range({"range": "all"}, TODAY, None).first == date(2026, 8, 27)
    assert date(2010, 1, 1) == EARLIEST


def test_an_account_in_the_address_is_taken_if_it_is_known() -> None:
    assert pick_account(None, ["a", "b"]) == ("a", "")
    assert pick_account("b", ["a", "b"]) == ("b", "")
    assert pick_account("c", ["a", "b"]) == ("a", "The address names the account “c”, which is not known here.")


@pytest.mark.parametrize(
    "text",
    ["**bold**", "[x](http://y)", "$x^2$", ":red[x]", "<b>x</b>", "`x`", "# x", "1. x", "a\nb", "www.x.y", "a@b.c"],
)
def test_text_has_no_meaning_to_markdown_once_it_is_plain(text: str) -> None:
    escaped = escape_markdown(text)
    assert "\n" not in escaped
    assert escaped.replace("\\", "").replace("\u2060", "") == " ".join(text.split())
    assert not re.search(r"https?\\?:|www\\?\.|\w\\?@", escaped)
    for letter in "*[]()$:<>`#._":
        assert escaped.count(letter) == escaped.count("\\" + letter)
