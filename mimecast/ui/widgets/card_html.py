"""Cards: a few numbers side by side, each with its label and its change.

They are HTML, styled by static/dashboard.css, since Streamlit's own metrics took a tenth of the time until a page was
drawn (docs/performance.md).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from mimecast.formatting import MINUS


class Tone(StrEnum):
    """Whether a change is for the better; the value is a class of the style sheet."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Card:
    """A number with its label. `change` has its sign, and is empty where none is known."""

    label: str
    value: str
    change: str = ""
    tone: Tone = Tone.NEITHER
    compared_to: str = ""
    is_key: bool = False
    """Whether this is the number of the page: it is wider and larger."""


def show_cards(cards: Sequence[Card]) -> None:
    """Draw cards in one row; on a phone two are side by side."""
    st.html(f'<div class="cards"><dl>{"".join(map(_card, cards))}</dl></div>')


def _card(card: Card) -> str:
    change = f'<b class="{card.tone}{_direction(card.change)}">{html.escape(card.change)}</b>' if card.change else ""
    compared = f'<span class="against">{html.escape(card.compared_to)}</span>' if card.compared_to else ""
    below = f'<dd class="change">{change}{compared}</dd>' if change or compared else ""
    label, value = html.escape(card.label), html.escape(card.value)
    kind = "card key" if card.is_key else "card"
    return f'<div class="{kind}"><dt>{label}</dt><dd class="value">{value}</dd>{below}</div>'


def _direction(change: str) -> str:
    return {"+": " up", MINUS: " down"}.get(change[:1], "")
