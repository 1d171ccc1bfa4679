"""Numbers, dates and time spans, written in one way everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mimecast import formatting
from mimecast.text.file_names import file_name_part

LONDON = ZoneInfo("Europe/London")


WRITTEN = [
    (formatting.format_int(1204), "1,204"),
    (formatting.format_percent(11), "11.0%"),
    (formatting.format_percent(None), "–"),
    (formatting.format_points(-1.24), "−1.2 points"),
    (formatting.format_points(1.04), "+1.0 points"),
    (formatting.format_points(0.4), "+0.4 points"),
    (formatting.format_points(-0.04), "0.0 points"),
    (formatting.format_points(None), "–"),
    (formatting.format_signed_decimal(-2.13), "−2.1"),
    (formatting.format_signed(14), "+14"),
    (formatting.format_signed(-1204), "−1,204"),
    (formatting.format_signed(0), "0"),
    (formatting.pluralize(1, "user"), "1 user"),
    (formatting.pluralize(1204, "user"), "1,204 users"),
    (formatting.pluralize(2, "day has", "days have"), "2 days have"),
    (formatting.format_date(date(2026, 3, 4)), "4 Mar 2026"),
    (formatting.format_range(date(2026, 3, 4), date(2026, 3, 4)), "4 Mar 2026"),
    (formatting.format_range(date(2026, 3, 4), date(2026, 4, 1)), "4 Mar 2026 to 1 Apr 2026"),
    (formatting.format_datetime(datetime(2026, 11, 24, 3, tzinfo=UTC), UTC), "24 Nov 2026, 03:00 UTC"),
    (formatting.format_datetime(datetime(2026, 7, 24, 3, tzinfo=UTC), LONDON), "24 Jul 2026, 04:00 Europe/London"),
    (formatting.format_age(timedelta(seconds=59)), "just now"),
    (formatting.format_age(timedelta(seconds=-5)), "just now"),
    (formatting.format_age(timedelta(minutes=1)), "1 minute ago"),
    (formatting.format_age(timedelta(hours=23, minutes=59)), "23 hours ago"),
    (formatting.format_age(timedelta(days=21)), "21 days ago"),
    (formatting.format_duration(timedelta(hours=6)), "6 hours"),
    (formatting.format_duration(timedelta(minutes=90)), "90 minutes"),
    (formatting.join_and(["A", "B", "C"]), "A, B and C"),
]


def test_each_value_has_one_form() -> None:
    assert [written for written, _ in WRITTEN] == [expected for _, expected in WRITTEN]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Contoso", "contoso"),
        ("Contoso AG & Co. KG", "contoso-ag-co-kg"),
        ("Kraków ŁÓDŹ", "kraków-łódź"),
        ("日本支社", "日本支社"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON: a|b?*<>\\", "con-a-b"),
        ("a\u202eb\x00\n", "a-b"),
        ("🙂", ""),
        ("x" * 60, "x" * 40),
    ],
)
def test_a_name_becomes_part_of_a_files_name(name: str, part: str) -> None:
    assert file_name_part(name) == part
    assert len(file_name_part(name).encode()) <= 160


def test_a_year_has_four_digits() -> None:
    assert formatting.format_iso_utc(datetime(206, 1, 16, 3, tzinfo=UTC)) == "0206-01-16T03:00:00Z"
