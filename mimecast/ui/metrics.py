"""The four numbers at the top of the Overview, each with its change and a line that agrees with both."""

from __future__ import annotations

from typing import Literal, TypeAlias

import pandas as pd
import streamlit as st

from mimecast.figures.stamp import Stamp
from mimecast.history.comparison import Comparison, Parts
from mimecast.history.timeline import Timeline
from mimecast.wording import UNDEFINED, day, number, percent, points, rounded_points, signed

Good: TypeAlias = Literal["up", "down", "neither"]


def metrics(stamp: Stamp, comparison: Comparison | None, recent: Timeline | None) -> None:
    """`recent` covers the days from the compared one to the newest; its last value is the number shown."""
    counts = stamp.newest.counts
    with st.grid(4, gap="small"):
        _share("At risk (D + F)", "at_risk", counts.at_risk, "down", stamp, comparison, recent)
        _share("Doing well (A + B)", "doing_well", counts.doing_well, "up", stamp, comparison, recent)
        _share("Grade F", "F", counts.f, "down", stamp, comparison, recent)
        change = comparison.change_in_users("users_graded") if comparison else None
        _metric(
            "Users graded",
            number(counts.users_graded),
            None if change is None else (signed(change) if change else 0),
            "neither",
            _against(comparison),
            recent.users["users_graded"] if recent else None,
        )


def parts_of_the_change(parts: Parts) -> None:
    """The change in users at risk, and how much of it is headcount and how much behaviour."""
    with st.grid(3, gap="small"):
        for label, users, said in (
            ("At risk, net change in users", parts.whole, "headcount + behaviour"),
            ("Headcount part", parts.headcount, "the earlier share at the later headcount"),
            ("Behaviour part", parts.behaviour, "the share itself changed"),
        ):
            st.metric(label, signed(users), delta_description=said, border=True, height="stretch")


def _share(
    label: str, name: str, users: int, good: Good, stamp: Stamp, comparison: Comparison | None, recent: Timeline | None
) -> None:
    change = comparison.change_in_points(name) if comparison else None
    delta = None if change is None else (points(change) if rounded_points(change) else 0)
    _metric(
        f"{label}: {number(users)} {'user' if users == 1 else 'users'}",
        percent(stamp.newest.counts.share(users)),
        delta,
        good,
        _against(comparison),
        recent.shares[name] if recent else None,
    )


def _metric(label: str, value: str, delta: str | int | None, good: Good, against: str, line: pd.Series | None) -> None:
    colours: dict[Good, Literal["normal", "inverse", "off"]] = {"up": "normal", "down": "inverse", "neither": "off"}
    values = line.dropna().round(2).tolist() if line is not None else []
    st.metric(
        label,
        value if value != UNDEFINED else None,
        delta,
        delta_color=colours[good],
        delta_description=against,
        border=True,
        height="stretch",
        chart_data=values if len(values) > 1 else None,
        chart_type="area",
    )


def _against(comparison: Comparison | None) -> str:
    return f"since {day(comparison.then_day)}" if comparison else "no snapshot 30 days earlier"
