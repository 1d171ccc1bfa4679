"""The digest as HTML mail, for Outlook, Gmail and dark mode.

Outlook lays mail out with Word, so there are tables, inline styles and no style sheet. No colour of text or background
is set, so that a mail program in dark mode can choose both; lines are of a grey that both themes show. Apprise derives
the plain-text part from this page, one cell a line, so that each cell is understood without its column.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FONT: Final = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px"
CELL: Final = "padding:8px 12px 8px 0;border-bottom:1px solid #8a8a8a;vertical-align:top;text-align:left"
MAX_WIDTH: Final = 640
"""Pixels of the whole mail."""

PICTURE_PLACE: Final = "<!-- picture of the report -->"
"""Where a mail shows the report's picture. The mail is composed before it is known who can be sent one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: its heading, and one cell or more, each of one line or more."""

    heading: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailContent:
    """What a mail says, from top to bottom; empty parts are left out. `link` is the dashboard's address."""

    title: str
    headline: str
    rows: Sequence[Row]
    notes: Sequence[str]
    closing: Sequence[str]
    link: str = ""


def render_mail(content: MailContent) -> str:
    """Return the mail as a page of HTML."""
    rows = "".join(_row(row) for row in content.rows)
    notes = _notes(content.notes)
    closing = "".join(f'<p style="{FONT}">{_text(line)}</p>' for line in content.closing)
    link = f'<p style="{FONT}"><a href="{html.escape(content.link)}">Open the dashboard</a></p>' if content.link else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{_text(content.title)}</title>
</head>
<body style="margin:0;padding:16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:{MAX_WIDTH}px">
<tr><td style="{FONT}">
<h1 style="{FONT};font-size:20px;line-height:28px;margin:0 0 8px">{_text(content.title)}</h1>
<p style="{FONT};margin:0 0 16px"><strong>{_text(content.headline)}</strong></p>
{PICTURE_PLACE}
<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">{rows}</table>
{notes}
{closing}{link}
</td></tr>
</table>
</body>
</html>
"""


def place_picture(page: str, name: str = "", alt: str = "") -> str:
    """Return a mail that shows the attached picture with this name, or none.

    The name is also the Content-ID of the picture's part (RFC 2392). Outlook obeys only the attribute for the width.
    """
    if not name:
        return page.replace(PICTURE_PLACE, "")
    style = f"display:block;width:100%;max-width:{MAX_WIDTH}px;height:auto;border:0;margin:0 0 16px"
    picture = f'<img src="cid:{html.escape(name)}" alt="{html.escape(alt)}" width="{MAX_WIDTH}" style="{style}">'
    return page.replace(PICTURE_PLACE, picture)


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    heading = f'<h2 style="{FONT};font-size:16px;margin:16px 0 4px">Notes and campaigns</h2>'
    return f'{heading}<ul style="{FONT}">{"".join(f"<li>{_text(note)}</li>" for note in notes)}</ul>'


def _row(row: Row) -> str:
    cells = "".join(f'<td style="{FONT};{CELL}">{_lines(cell)}</td>' for cell in row.cells)
    return f'<tr><th scope="row" style="{FONT};{CELL}">{_text(row.heading)}</th>{cells}</tr>'


def _lines(text: str) -> str:
    return "<br>".join(_text(line) for line in text.splitlines())


def _text(text: str) -> str:
    return html.escape(text)
