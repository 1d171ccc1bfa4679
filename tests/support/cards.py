"""The cards of a page, as a visitor reads them."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

from streamlit.testing.v1 import AppTest


class Seen(NamedTuple):
    """A card: `tone` is `better`, `worse` or `neither`, empty without a change; `line` is a picture's address."""

    label: str
    value: str
    change: str
    tone: str
    against: str
    line: str


def cards_of(app: AppTest) -> list[Seen]:
    bodies = [one.proto.body for one in app.get("html") if 'class="cards"' in one.proto.body]
    return [_seen(card) for body in bodies for card in ElementTree.fromstring(body).iterfind("dl/div")]  # noqa: S314


def _seen(card: ElementTree.Element) -> Seen:
    change, line = card.find("dd/b"), card.find("dd/img")
    tone = "" if change is None else change.get("class", "").split()[0]
    return Seen(
        card.findtext("dt", ""),
        card.findtext("dd", ""),
        card.findtext("dd/b", ""),
        tone,
        card.findtext("dd/span", ""),
        "" if line is None else line.get("src", ""),
    )
