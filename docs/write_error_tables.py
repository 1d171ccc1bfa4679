"""Writes the tables of docs/troubleshooting.md from the error classes: `python docs/write_error_tables.py`.

The columns are the class's title, the first paragraph of its docstring, and its default remedy. A test compares.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "troubleshooting.md"
BEGIN: Final = "<!-- begin: docs/write_error_tables.py writes these tables -->"
END: Final = "<!-- end -->"

ANNOTATIONS: Final = ("mimecast.domain.notes", "mimecast.domain.targets", "mimecast.domain.causes.")
"""How the names of the modules with the rules of annotations begin."""

SECTIONS: Final = (
    ("Requests to Mimecast", ("mimecast.api.",)),
    ("Captures and daily snapshots", ("mimecast.capture.", "mimecast.domain.scheduled_runs")),
    ("Settings", ("mimecast.settings.",)),
    (
        "Backup, restore, import and rename",
        ("mimecast.store.maintenance.", "mimecast.store.imports", "mimecast.reports.snapshots.reader"),
    ),
    ("Departments and people", ("mimecast.store.people.",)),
    ("Notes, targets, reference lines and implausible answers", (*ANNOTATIONS, "mimecast.store.causes.")),
    ("The store", ("mimecast.store.",)),
    ("Notifications", ("mimecast.notify.",)),
    ("Reports, pictures and PDF files", ("mimecast.reports.",)),
    ("Sign-in and downloads", ("mimecast.ui.",)),
    ("Commands", ("mimecast.",)),
)
"""Headings, and how the names of their modules begin. An error belongs to the first section that fits."""

BASE_CLASSES: Final = ("MimecastError", "StoreError")
"""Classes of which only subclasses are raised."""

VARIES: Final = "The message says what to do."
"""Remedy of a class whose errors each have their own."""


def main() -> None:
    """Rewrite the tables between the markers."""
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables()}\n{END}{after}", encoding="utf-8")


def tables() -> str:
    """Return one table of errors per section, as Markdown."""
    errors = sorted(set(error_classes()), key=_position)
    parts = []
    for heading, _ in SECTIONS:
        rows = [_row(error) for error in errors if _section(error) == heading]
        header = ["| message | cause | remedy |", "| --- | --- | --- |"]
        parts.append("\n".join([f"### {heading}", "", *header, *rows, ""]))
    return "\n".join(parts)


def error_classes() -> Iterator[type[Exception]]:
    """Yield every error class of the product that a reader can meet: those with a title or a remedy of their own."""
    import mimecast
    from mimecast.problem import Problem

    for module in pkgutil.walk_packages(mimecast.__path__, "mimecast."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds = set(Problem.__subclasses__())
    while kinds:
        yield from (
            kind for kind in kinds if {"title", "remedy"} & set(vars(kind)) and kind.__name__ not in BASE_CLASSES
        )
        kinds = {subclass for kind in kinds for subclass in kind.__subclasses__()}


def _section(error: type[Exception]) -> str:
    return next(heading for heading, starts in SECTIONS if error.__module__.startswith(starts))


def _position(error: type[Exception]) -> tuple[str, int]:
    return error.__module__, inspect.getsourcelines(error)[1]


def _row(error: type[Exception]) -> str:
    cause = " ".join((inspect.getdoc(error) or "").partition("\n\n")[0].split())
    remedy = " ".join(str(getattr(error, "remedy", "")).split()) or VARIES
    cells = (str(getattr(error, "title", "")), cause, remedy)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
