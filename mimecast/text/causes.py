"""Implausible answers, restarts, reference lines and campaigns in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from mimecast.domain.causes.campaigns import TOTALS, Campaign
from mimecast.domain.causes.causes import Causes
from mimecast.domain.causes.implausible import Mark, describe_implausible
from mimecast.domain.causes.restarts import RestartSuggestion
from mimecast.domain.reporting_days import reporting_day
from mimecast.formatting import (
    MINUS,
    format_date,
    format_datetime,
    format_int,
    format_percent,
    join_and,
    pluralize,
)

MAX_NAMED: Final = 12
"""Campaigns that a sentence names."""


def implausible_answers_sentence(marks: Sequence[Mark], zone: tzinfo) -> str:
    """Say what is implausible about the answers on which no reader has decided, and what follows from that."""
    newest = describe_implausible(marks[-1].implausible, zone)
    if len(marks) == 1:
        return (
            f"{newest} It is left out, and older numbers are shown, until you decide whether it is right. Check "
            "Mimecast's console first."
        )
    since = format_datetime(marks[0].snapshot.taken_at, zone)
    return (
        f"{format_int(len(marks))} answers since {since} are implausible. {newest} They are left out, and "
        "older numbers are shown, until you decide whether they are right. Check Mimecast's console first."
    )


def left_out_sentence(mark: Mark, zone: tzinfo) -> str:
    """Say that an answer is left out and why, as one line of a list."""
    state = "awaiting a decision" if mark.is_open else "confirmed as wrong"
    users = pluralize(mark.snapshot.counts.users_graded, "user")
    taken_at = format_datetime(mark.snapshot.taken_at, zone)
    return f"Left out as implausible ({state}): {users} graded on {taken_at}."


def suggestion_sentence(suggestion: RestartSuggestion) -> str:
    """Say why a baseline restart is suggested, and what it would do."""
    relative = 100 * (suggestion.after - suggestion.before) / suggestion.before if suggestion.before else None
    percent = f" ({'+' if relative > 0 else MINUS}{format_percent(abs(relative))})" if relative is not None else ""
    return (
        f"Users graded went from {format_int(suggestion.before)} on {format_date(suggestion.before_day)} to "
        f"{format_int(suggestion.after)} on {format_date(suggestion.day)}{percent}. After a data reset, a clean-up of "
        "the directory or a reorganisation, earlier counts are not comparable. If that is the reason, restart the "
        "baseline: charts then break the line on that day, and the normal range starts over."
    )


def campaign_line(campaign: Campaign) -> str:
    """Return a campaign and its totals as one line: `Parcel: sent to 1,100; opened 61.2%, clicked 12.3%`."""
    if campaign.sent is None:
        known = [f"{name} {format_int(users)}" for name in TOTALS if (users := campaign.users(name)) is not None]
        return f"{campaign.name}: {', '.join(known) or 'totals not shown'}"
    rates = _rates(campaign, TOTALS[1:])
    return f"{campaign.name}: sent to {format_int(campaign.sent)}{'; ' if rates else ''}{rates}"


def short_campaign_line(campaign: Campaign) -> str:
    """Return a campaign and its most telling rates: `Parcel: clicked 12.3%, reported 17.1%`."""
    rates = _rates(campaign, ("clicked", "reported"))
    return f"{campaign.name}: {rates}" if rates else campaign.name


def _rates(campaign: Campaign, names: Sequence[str]) -> str:
    rates = [(name, campaign.rate(name)) for name in names]
    return ", ".join(f"{name} {format_percent(rate)}" for name, rate in rates if rate is not None)


def causes_sentences(causes: Causes, first: date, last: date, zone: ZoneInfo, *, with_lines: bool) -> list[str]:
    """Return sentences about the causes within a range of days, for text alternatives and files.

    `with_lines` includes the reference lines, which belong to charts of the share at risk.
    """
    sentences = [
        f"Baseline restart on {format_date(restart.day)}: {restart.text}."
        for restart in causes.restarts_between(first, last)
    ]
    if with_lines:
        sentences += [f"Reference line: {line.text}." for line in causes.lines_from(first)]
    launched = [(day, each) for day, each in causes.campaigns_by_day(zone) if first <= day <= last]
    if launched:
        named = [f"{format_date(day)}, {campaign.name}" for day, campaign in launched[-MAX_NAMED:]]
        earlier = len(launched) - len(named)
        more = f". The last {len(named)}" if earlier else ""
        sentences.append(f"{pluralize(len(launched), 'campaign')} launched{more}: {'; '.join(named)}.")
    days = sorted({reporting_day(mark.snapshot.taken_at, zone) for mark in causes.marks})
    if left_out := [format_date(day) for day in days if first <= day <= last]:
        sentences.append(f"Implausible answers left out: {join_and(left_out)}.")
    return sentences
