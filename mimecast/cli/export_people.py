"""`export --data departments|movement`: counts per department and per pair of grades, never a user."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TextIO

from mimecast.cli.file_arguments import open_binary_output, open_text_output
from mimecast.cli.options import DONE, is_in_range
from mimecast.cli.output import print_result
from mimecast.formatting import pluralize
from mimecast.settings.dashboard import DashboardSettings

if TYPE_CHECKING:
    from mimecast.store.store import Store

Row = dict[str, str | int]

NOTHING_STORED: Final = {
    "departments": "No departments are stored, or people in [dashboard] is off.",
    "movement": "No movement from one week to the next is stored, or people in [dashboard] is below movement.",
}
"""What an export without rows says."""


def write_people(
    options: argparse.Namespace, dashboard: DashboardSettings, store: Store, accounts: list[str], file_format: str
) -> int:
    """Write the rows and return the exit status. Raises Problem, SettingsError where a key that is needed is faulty."""
    from mimecast.reports.people.rows import DEPARTMENT_COLUMNS, MOVEMENT_COLUMNS

    if problem := dashboard.people_problem:
        raise problem
    is_departments = options.data == "departments"
    columns = DEPARTMENT_COLUMNS if is_departments else MOVEMENT_COLUMNS
    read = _department_rows if is_departments else _movement_rows
    rows = [row for account in accounts for row in read(options, dashboard, store, account)]
    if file_format == "xlsx":
        from mimecast.reports.workbook import write_rows_xlsx

        with open_binary_output(options.out) as workbook:
            write_rows_xlsx(options.data, columns, rows, workbook)
    else:
        with open_text_output(options.out) as text:
            _write_json(rows, text) if file_format == "json" else _write_csv(columns, rows, text)
    if options.out:
        result = {"file": str(options.out), "rows": len(rows)}
        print_result(options, result, f"{pluralize(len(rows), 'row')} written to {options.out}.")
    elif not rows:
        print(NOTHING_STORED[options.data], file=sys.stderr)
    return DONE


def _department_rows(
    options: argparse.Namespace, dashboard: DashboardSettings, store: Store, account: str
) -> Iterator[Row]:
    from mimecast.reports.people.rows import department_rows
    from mimecast.store.people.read import load_department_weeks

    if not _shows(dashboard, account, needs_movement=False):
        return
    weeks = load_department_weeks(store, account, dashboard.min_group_size)
    yield from department_rows(
        account, [week for week in weeks if is_in_range(options, week.taken_at, dashboard.time_zone)]
    )


def _movement_rows(
    options: argparse.Namespace, dashboard: DashboardSettings, store: Store, account: str
) -> Iterator[Row]:
    """Yield the movement from each list in the range to the last one of the next ISO week."""
    from mimecast.reports.people.rows import movement_rows
    from mimecast.store.people.read import load_captures, load_movement
    from mimecast.store.people.write import monday_of

    if not _shows(dashboard, account, needs_movement=True):
        return
    captures = [
        capture
        for capture in load_captures(store, account)
        if capture.has_intervals
        and capture.graded >= dashboard.min_group_size
        and is_in_range(options, capture.taken_at, dashboard.time_zone)
    ]
    last_of_week = {monday_of(capture.taken_at): capture for capture in captures}
    instants = [capture.taken_at for capture in last_of_week.values()]
    for then, now in pairwise(instants):
        yield from movement_rows(account, load_movement(store, account, then, now))


def _shows(dashboard: DashboardSettings, account: str, *, needs_movement: bool) -> bool:
    """Return whether the level shows the data; sample data, which has no settings, always is."""
    from mimecast.domain.account_id import SAMPLE_ACCOUNT

    level = dashboard.people_level
    return account == SAMPLE_ACCOUNT or (level.has_movement if needs_movement else level.is_on)


def _write_csv(columns: tuple[str, ...], rows: Iterable[Row], text: TextIO) -> None:
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)


def _write_json(rows: Iterable[Row], text: TextIO) -> None:
    for row in rows:
        text.write(json.dumps(row, ensure_ascii=False) + "\n")


def _safe(value: str | int) -> str | int:
    """Return a value that no spreadsheet takes for a formula: a department is text of another system."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
