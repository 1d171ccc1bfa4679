"""The cards of a page, as a reader sees them."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

from streamlit.testing.v1 import AppTest


class Card(NamedTuple):
    """The texts of one card.

    `tone` is `better`, `worse` or `neither`, and empty without a change. `compared_to` says what the change refers to.
    """

    label: str
    value: str
    change: str
    tone: str
    compared_to: str


def cards_of(app: AppTest) -> list[Card]:
    """Return the cards of a page, in order."""
    blocks = [block.proto.body for block in app.get("html") if 'class="cards"' in block.proto.body]
    return [_read(card) for block in blocks for card in ElementTree.fromstring(block).iterfind("dl/div")]  # noqa: S314


def _read(card: ElementTree.Element) -> Card:
    change = card.find("dd/b")
    return Card(
        label=card.findtext("dt", ""),
        value=card.findtext("dd", ""),
        change=card.findtext("dd/b", ""),
        tone="" if change is None else change.get("class", "").split()[0],
        compared_to=card.findtext("dd/span", ""),
    )
