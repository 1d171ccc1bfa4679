"""The four numbers at the top of the Overview, each with its change and a line that agrees with both."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import pandas as pd
import streamlit as st

from mimecast.figures.palette import BETTER_LINE, USERS_LINE, WORSE_LINE
from mimecast.figures.sparkline import sparkline
from mimecast.figures.stamp import Stamp
from mimecast.history.comparison import Comparison, Parts
from mimecast.history.timeline import Timeline
from mimecast.wording import UNDEFINED, day, number, percent, points, rounded_points, signed

Good: TypeAlias = Literal["up", "down", "neither"]

KEY: Final = "metrics"
SPARKLINE: Final = 56
"""Height in pixels of the line under a number. Streamlit's own is drawn by Vega: 0.8 MB of code, and screen readers
stumble over what it draws."""


def metrics(stamp: Stamp, comparison: Comparison | None, recent: Timeline | None) -> None:
    """`recent` covers the days from the compared one to the newest; its last value is the number shown."""
    counts = stamp.newest.counts
    with st.grid(4, gap="small", key=KEY):
        _share("At risk (D + F)", "at_risk", counts.at_risk, "down", stamp, comparison)
        _share("Doing well (A + B)", "doing_well", counts.doing_well, "up", stamp, comparison)
        _share("Grade F", "F", counts.f, "down", stamp, comparison)
        change = comparison.change_in_users("users_graded") if comparison else None
        _metric(
            "Users graded",
            number(counts.users_graded),
            None if change is None else (signed(change) if change else 0),
            "neither",
            _against(comparison),
        )
    if comparison and recent:
        _sparklines(comparison, recent)


def parts_of_the_change(parts: Parts) -> None:
    """The change in users at risk, and how much of it is headcount and how much behaviour."""
    with st.grid(3, gap="small"):
        for label, users, said in (
            ("At risk, net change in users", parts.whole, "headcount + behaviour"),
            ("Headcount part", parts.headcount, "the earlier share at the later headcount"),
            ("Behaviour part", parts.behaviour, "the share itself changed"),
        ):
            st.metric(label, signed(users), delta_description=said, border=True, height="stretch")


def _sparklines(comparison: Comparison, recent: Timeline) -> None:
    """Under all numbers at once, by the page's style: pictures that nothing has to be loaded for."""
    lines: list[tuple[pd.Series, Good, float | None]] = [
        (recent.shares["at_risk"], "down", comparison.change_in_points("at_risk")),
        (recent.shares["doing_well"], "up", comparison.change_in_points("doing_well")),
        (recent.shares["F"], "down", comparison.change_in_points("F")),
        (recent.users["users_graded"], "neither", None),
    ]
    rules = []
    for place, (line, good, change) in enumerate(lines, start=1):
        values = line.dropna().round(2).tolist()
        if len(values) > 1:
            colour = _colour(good, rounded_points(change or 0))
            rules.append(
                f".st-key-{KEY} [data-testid=stGridCell]:nth-child({place}) [data-testid=stMetric] {{"
                f'background: url("{sparkline(values, colour)}") left 0 bottom 10px / 100% {SPARKLINE}px no-repeat;'
                f"padding-bottom: {SPARKLINE + 22}px }}"
            )
    if rules:
        st.html(f"<style>{' '.join(rules)}</style>")


def _colour(good: Good, change: float) -> str:
    """As the change above the line is coloured: neither where there is none."""
    if good == "neither" or not change:
        return USERS_LINE
    return BETTER_LINE if (change > 0) == (good == "up") else WORSE_LINE


def _share(label: str, name: str, users: int, good: Good, stamp: Stamp, comparison: Comparison | None) -> None:
    change = comparison.change_in_points(name) if comparison else None
    delta = None if change is None else (points(change) if rounded_points(change) else 0)
    _metric(
        f"{label}: {number(users)} {'user' if users == 1 else 'users'}",
        percent(stamp.newest.counts.share(users)),
        delta,
        good,
        _against(comparison),
    )


def _metric(label: str, value: str, delta: str | int | None, good: Good, against: str) -> None:
    colours: dict[Good, Literal["normal", "inverse", "off"]] = {"up": "normal", "down": "inverse", "neither": "off"}
    st.metric(
        label,
        value if value != UNDEFINED else None,
        delta,
        delta_color=colours[good],
        delta_description=against,
        border=True,
        height="stretch",
    )


def _against(comparison: Comparison | None) -> str:
    return f"since {day(comparison.then_day)}" if comparison else "no snapshot 30 days earlier"
