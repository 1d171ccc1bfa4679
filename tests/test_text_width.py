"""Text that is broken into lines or shortened fits, and loses nothing that it should keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mimecast.charts.text_width import em_width, room_for, shorten, wrap

WORDS = some.text(some.characters(categories=["L", "N", "Zs", "P", "Mn"]), max_size=80)


@given(WORDS, some.floats(2, 60))
def test_lines_fit_and_keep_every_word(text: str, room: float) -> None:
    lines = wrap(text, room)
    assert lines
    assert all(em_width(line) <= room + 1e-9 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(WORDS, some.floats(0, 60))
def test_shortened_text_fits_and_says_that_it_is_cut(text: str, room: float) -> None:
    short = shorten(text, room)
    if em_width(text) <= room:
        assert short == text
    else:
        assert short.endswith("…")
        assert em_width(short) <= max(room, em_width("…")) + 1e-9 or len(short) <= 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one", "two"]),
        ("日本語日本語", ["日本語", "日本語"]),
        ("WWWWWW", ["WWW", "WWW"]),
    ],
)
def test_text_is_broken_between_words_where_possible(text: str, lines: list[str]) -> None:
    assert wrap(text, 3.0) == lines


def test_wide_and_narrow_text_differ() -> None:
    assert em_width("WWWW") > em_width("AAAA") > em_width("aaaa") > em_width("iiii")
    assert em_width("日本") == 2
    assert em_width("e\u0301") == em_width("e"), "an accent that is written over the letter before it"
    assert room_for(["2,000,000"], 13, bold=True) > room_for(["2,000,000"], 13) > room_for(["9"], 13)
