"""URL parameters, validated, and text that stays text."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mimecast.ui.escaping import escape_markdown
from mimecast.ui.url.params import TwoDates, pick_account, pick_dates
from mimecast.ui.widgets.date_range import AUTOMATIC, pick_range, pick_resolution
from tests.support.clock import TODAY

OLDEST = date(2026, 1, 2)
"""The day of the first snapshot."""


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ("1y", date(2025, 11, 24), TODAY)),
        ({"range": "30d"}, ("30d", date(2026, 10, 25), TODAY)),
        ({"range": "90d"}, ("90d", date(2026, 8, 26), TODAY)),
        ({"range": "all"}, ("all", date(2026, 1, 2), TODAY)),
        ({"range": "own", "from": "2026-02-01", "to": "2026-03-01"}, ("own", date(2026, 2, 1), date(2026, 3, 1))),
        ({"from": "2026-02-01"}, ("own", date(2026, 2, 1), TODAY)),
        ({"range": "own"}, ("own", date(2025, 11, 24), TODAY)),
        ({"to": "2020-12-31"}, ("own", date(2020, 1, 1), date(2020, 12, 31))),
        ({"range": "90d", "from": "2026-02-01", "to": "2026-03-01"}, ("90d", date(2026, 8, 26), TODAY)),
    ],
)
def test_a_range_in_the_url_is_shown(params: dict[str, str], expected: tuple[str, date, date]) -> None:
    chosen = pick_range(params, TODAY, OLDEST)
    assert (chosen.name, chosen.first, chosen.last, chosen.complaint) == (*expected, "")


@pytest.mark.parametrize(
    ("params", "complaint"),
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
def test_an_invalid_range_is_reported_and_a_year_is_shown(params: dict[str, str], complaint: str) -> None:
    chosen = pick_range(params, TODAY, OLDEST)
    assert complaint in chosen.complaint
    assert (chosen.name, chosen.first, chosen.last) == ("1y", date(2025, 11, 24), TODAY)


@pytest.mark.parametrize(
    ("params", "dates"),
    [
        ({}, TwoDates(None, None)),
        ({"range": "90d", "from": "2026-02-01", "to": "2026-11-24"}, TwoDates(date(2026, 2, 1), TODAY)),
        ({"from": "2026-02-01"}, TwoDates(date(2026, 2, 1), None)),
        ({"to": "2026-02-01"}, TwoDates(None, date(2026, 2, 1))),
    ],
)
def test_two_dates_in_the_url_are_compared(params: dict[str, str], dates: TwoDates) -> None:
    assert pick_dates(params, TODAY) == dates


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"from": "2026-09-01", "to": "2026-08-31"}, "ends (2026-08-31) before it begins (2026-09-01)"),
        ({"from": "<b>"}, "from=<b>, which is not a date between 2010-01-01 and 2026-11-24"),
        ({"to": "2026-11-25"}, "to=2026-11-25, which is not a date between 2010-01-01 and 2026-11-24"),
        ({"to": ""}, "to=, which is not a date"),
        ({"from": "2026-09-01", "to": "2026-09-01"}, "asks to compare 1 Sep 2026 with itself"),
    ],
)
def test_two_invalid_dates_are_reported(params: dict[str, str], complaint: str) -> None:
    dates = pick_dates(params, TODAY)
    assert complaint in dates.complaint
    assert (dates.earlier, dates.later) == (None, None)


def test_a_resolution_in_the_url_is_used_if_it_is_known() -> None:
    assert pick_resolution(None) == pick_resolution("auto") == (AUTOMATIC, "")
    assert [pick_resolution(by) for by in ("day", "week", "month")] == [("day", ""), ("week", ""), ("month", "")]
    assert pick_resolution("fortnight") == (
        AUTOMATIC,
        "The URL says by=fortnight, which is none of day, week and month.",
    )


def test_an_account_in_the_url_is_shown_if_it_is_known() -> None:
    assert pick_account(None, ["a", "b"]) == ("a", "")
    assert pick_account("b", ["a", "b"]) == ("b", "")
    assert pick_account("c", ["a", "b"]) == ("a", "The URL names the account “c”, which does not exist.")


@pytest.mark.parametrize(
    "text",
    ["**bold**", "[x](http://y)", "$x^2$", ":red[x]", "<b>x</b>", "`x`", "# x", "1. x", "a\nb", "www.x.y", "a@b.c"],
)
def test_escaped_text_has_no_meaning_in_markdown(text: str) -> None:
    escaped = escape_markdown(text)
    assert "\n" not in escaped
    assert escaped.replace("\\", "").replace("\u2060", "") == " ".join(text.split())
    assert not re.search(r"https?\\?:|www\\?\.|\w\\?@", escaped)
    for letter in "*[]()$:<>`#._":
        assert escaped.count(letter) == escaped.count("\\" + letter)
