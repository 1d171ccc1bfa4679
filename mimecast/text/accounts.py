"""The status of accounts in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from mimecast.domain.account_status import CHANGE_DAYS, AccountStatus
from mimecast.domain.freshness import Freshness
from mimecast.domain.normal_range import Verdict
from mimecast.formatting import format_age, format_points, pluralize
from mimecast.text.causes import implausible_answers_sentence

MAX_NAMED: Final = 3
"""Accounts that the summary names in each sentence; the rest are counted."""


def accounts_summary(statuses: Sequence[AccountStatus], names: Mapping[str, str]) -> str:
    """Say what needs attention: accounts with an unusual change, failing or stale ones, and how many are up to date.

    `names` are by account.
    """
    unusual = [
        status
        for status in statuses
        if status.judged and status.judged.verdict is Verdict.OUTSIDE and status.judged.change is not None
    ]
    rose = [status for status in unusual if status.judged is not None and (status.judged.change or 0) > 0]
    fell = [status for status in unusual if status not in rose]
    sentences = [_unusual_sentence(group, verb, names) for group, verb in ((rose, "rose"), (fell, "fell")) if group]
    for freshness, what in ((Freshness.FAILING, "the last capture failed"), (Freshness.STALE, "no recent snapshot")):
        late = [status for status in statuses if status.freshness is freshness]
        if late:
            sentences.append(f"{_named(late, names)}: {what}.")
    if empty := [status for status in statuses if status.freshness is Freshness.EMPTY]:
        sentences.append(f"{_named(empty, names)}: no snapshot yet.")
    if marked := [status for status in statuses if status.open_marks]:
        sentences.append(f"{_named(marked, names)}: an answer is implausible.")
    if not sentences:
        sentences.append(f"All changes over {CHANGE_DAYS} days are normal or cannot be judged yet.")
    fresh = sum(status.freshness is Freshness.FRESH for status in statuses)
    verb = "is" if 1 in (fresh, len(statuses)) else "are"
    sentences.append(f"{fresh} of {pluralize(len(statuses), 'account')} {verb} up to date.")
    return " ".join(sentences)


def reason_sentences(status: AccountStatus, now: datetime, zone: tzinfo) -> str:
    """Say why an account is failing, stale or empty and what is implausible; nothing for one that is up to date."""
    implausible = implausible_answers_sentence(status.open_marks, zone) if status.open_marks else ""
    return " ".join(filter(None, (_reason_sentence(status, now), implausible)))


def _reason_sentence(status: AccountStatus, now: datetime) -> str:
    match status.freshness:
        case Freshness.FAILING if status.failure:
            return f"{status.failure.title}: {status.failure.message}"
        case Freshness.EMPTY:
            return "No snapshot has been taken yet."
        case Freshness.STALE if status.newest:
            return f"The newest snapshot was taken {format_age(now - status.newest.taken_at)}."
    return ""


def _unusual_sentence(group: Sequence[AccountStatus], verb: str, names: Mapping[str, str]) -> str:
    if len(group) == 1 and group[0].judged:
        change = format_points(group[0].judged.change)
        return f"{names[group[0].account]}: the share at risk {verb} by more than is normal ({change})."
    return f"{_named(group, names)}: the share at risk {verb} by more than is normal."


def _named(group: Sequence[AccountStatus], names: Mapping[str, str]) -> str:
    shown = [names[status.account] for status in group[:MAX_NAMED]]
    hidden = len(group) - len(shown)
    return ", ".join(shown) + (f" and {hidden} more" if hidden else "")
