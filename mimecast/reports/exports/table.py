"""The table of an export, which every format writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Row: TypeAlias = Mapping[str, str | int | None]
"""The values of a row by column, None where one is unknown."""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """Columns and rows, oldest first.

    Attributes:
        name: What the rows are about, as the title of a sheet: `Snapshots`.
        columns: Their names, in order.
        instants: The columns with instants, which are texts such as `2026-11-24T03:00:00Z`.
        rows: The rows, which can be read once.
        definitions: Terms of the columns with their meanings, for formats that have room for them.
    """

    name: str
    columns: tuple[str, ...]
    instants: tuple[str, ...]
    rows: Iterable[Row]
    definitions: tuple[tuple[str, str], ...] = ()
