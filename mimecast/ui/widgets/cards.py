"""Cards: a few numbers side by side, each with what it is, its change, and the line of its last days.

They are HTML of a page's own. Streamlit's own metrics took a tenth of the time until a page was drawn.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import streamlit as st

from mimecast.charts.palette import BETTER_LINE, USERS_LINE, WORSE_LINE


class Tone(StrEnum):
    """How a change is meant, and the colour that says so."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


COLOURS: Final = {Tone.BETTER: BETTER_LINE, Tone.WORSE: WORSE_LINE, Tone.NEITHER: USERS_LINE}


@dataclass(frozen=True, slots=True)
class Card:
    """`change` is written with its sign, and empty where none is known; `line` is the address of a picture."""

    label: str
    value: str
    change: str = ""
    tone: Tone = Tone.NEITHER
    compared_to: str = ""
    line: str = ""


CARD_STYLE: Final = f"""
.cards {{ container-type: inline-size; }}
.cards dl {{ display: grid; grid-auto-columns: minmax(0, 1fr); grid-auto-flow: column; gap: 1rem; }}
.stHtml .cards dl {{ margin: 0; padding: 0; }}
.card {{
  display: flex; flex-direction: column; padding: 0.9rem 0.95rem; overflow: hidden; border-radius: 6px;
  border: 1px solid color-mix(in srgb, currentColor 16%, transparent);
}}
.card :is(dt, dd) {{ margin: 0; font-size: 0.875rem; font-weight: 400; line-height: 1.5; }}
.card dd.value {{ font-size: 1.9rem; line-height: 1.35; }}
.card dd.change {{ margin-top: 0.15rem; }}
.card .against {{ color: color-mix(in srgb, currentColor 72%, transparent); display: inline-block; }}
.card b {{
  --tone: {COLOURS[Tone.NEITHER]}; display: inline-block; margin-right: 0.3rem; padding: 0 0.4rem; border-radius: 1rem;
  font-weight: 400; white-space: nowrap;
  color: color-mix(in srgb, var(--tone) 62%, currentColor);
  background: color-mix(in srgb, var(--tone) 13%, transparent);
}}
.card b.better {{ --tone: {COLOURS[Tone.BETTER]}; }}
.card b.worse {{ --tone: {COLOURS[Tone.WORSE]}; }}
.card b.up::before {{ content: "\\2191\\a0" / ""; }}
.card b.down::before {{ content: "\\2193\\a0" / ""; }}
.card dd.line {{ margin: auto -0.95rem -0.3rem; padding-top: 1.2rem; }}
.card img {{ display: block; width: 100%; height: 3.5rem; }}
@container (max-width: 40rem) {{
  .cards dl {{ grid-auto-flow: row; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; }}
  .card {{ padding: 0.7rem 0.75rem; }}
  .card dd.value {{ font-size: 1.6rem; }}
  .card dd.line {{ margin-inline: -0.75rem; padding-top: 0.6rem; }}
}}
"""
"""In the colours of the theme; part of the page from its start. On a telephone two stand side by side."""


def show_cards(shown: Sequence[Card]) -> None:
    """Draw the cards in one row."""
    st.html(f'<div class="cards"><dl>{"".join(_card(one) for one in shown)}</dl></div>')


def _card(card: Card) -> str:
    change = f'<b class="{card.tone}{_direction(card.change)}">{html.escape(card.change)}</b>' if card.change else ""
    against = f'<span class="against">{html.escape(card.compared_to)}</span>' if card.compared_to else ""
    line = f'<dd class="line"><img alt="" src="{html.escape(card.line)}"/></dd>' if card.line else ""
    below = f'<dd class="change">{change}{against}</dd>' if change or against else ""
    return (
        f'<div class="card"><dt>{html.escape(card.label)}</dt><dd class="value">{html.escape(card.value)}</dd>'
        f"{below}{line}</div>"
    )


def _direction(change: str) -> str:
    return {"+": " up", "-": " down"}.get(change[:1], "")
