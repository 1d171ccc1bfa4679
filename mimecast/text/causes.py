"""Implausible answers, restarts, reference lines and campaigns in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from mimecast.domain.causes.implausible import Mark, describe_implausible
from mimecast.formatting import format_datetime, format_int


def implausible_answers_sentence(marks: Sequence[Mark], zone: tzinfo) -> str:
    """Say what is implausible about the answers on which no reader has decided, and what follows from that."""
    *earlier, newest = marks
    text = describe_implausible(newest.implausible, zone)
    if earlier:
        since = format_datetime(marks[0].snapshot.taken_at, zone)
        text += f" So are {format_int(len(marks))} answers since {since}."
        return (
            f"{text} Until you decide, they are left out: what is shown is older. Compare them with Mimecast's console."
        )
    return f"{text} Until you decide, it is left out: what is shown is older. Compare it with Mimecast's console."


def left_out_sentence(mark: Mark, zone: tzinfo) -> str:
    """Say that an answer is left out and why, as one line of a list."""
    state = "not judged yet" if mark.is_open else "judged wrong"
    return f"{describe_implausible(mark.implausible, zone)} Left out ({state})."
