"""`export`: write stored snapshots and other totals as CSV, JSON lines or an Excel workbook."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mimecast.cli.context import load_settings, open_store_or_sample_data, unknown_account
from mimecast.cli.export_tables import DATA, PEOPLE_DATA, ExportRequest
from mimecast.cli.file_arguments import open_binary_output, open_text_output
from mimecast.cli.options import DONE, Commands, UsageError, account_option, parse_day, reporting_options
from mimecast.cli.output import print_result
from mimecast.formatting import pluralize

if TYPE_CHECKING:
    from mimecast.reports.exports.table import ExportTable

NOUNS: Final = {"snapshots": "snapshot", "campaigns": "campaign", **dict.fromkeys(PEOPLE_DATA, "row")}
"""What the rows of each `--data` are called in the result."""

FORMAT_BY_SUFFIX: Final = {".json": "json", ".jsonl": "json", ".xlsx": "xlsx"}
"""Formats that a file name implies without `--format`. Every other name implies CSV."""


def add_parser(commands: Commands) -> None:
    """Add this command and its arguments."""
    parser = commands.add_parser(
        "export",
        parents=[account_option(), reporting_options()],
        help="write stored snapshots as CSV, JSON lines or an Excel workbook",
    )
    parser.add_argument("--format", choices=("csv", "json", "xlsx"), help="csv, unless FILE ends with .json or .xlsx")
    parser.add_argument(
        "--data",
        choices=DATA,
        default="snapshots",
        help="what to export, default snapshots; no export contains names",
    )
    parser.add_argument(
        "--since",
        type=parse_day,
        metavar="DATE",
        help="the first day of the range; for campaigns, the earliest day of a launch",
    )
    parser.add_argument("--until", type=parse_day, metavar="DATE", help="the last day of the range")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to this file instead of the terminal")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Write what `--data` selects and return the exit status. Raises Problem."""
    suffix = options.out.suffix.lower() if options.out else ""
    file_format = options.format or FORMAT_BY_SUFFIX.get(suffix, "csv")
    if file_format == "xlsx" and options.out is None:
        raise UsageError("A workbook cannot be written to the terminal.", remedy="Name a file with --out.")
    if options.since and options.until and options.until < options.since:
        raise UsageError("--until is before --since.", remedy="Swap the two dates.")
    settings = load_settings()
    store, accounts = open_store_or_sample_data(settings)
    known_ids = [account.id for account in accounts]
    if options.account and options.account not in known_ids:
        raise unknown_account(options.account, known_ids)
    chosen_ids = [options.account] if options.account else known_ids
    request = ExportRequest(options, settings.dashboard, store, chosen_ids)
    rows = _write(request.table(), options.out, file_format)
    if options.out:
        noun = NOUNS[options.data]
        result = {"file": str(options.out), f"{noun}s": rows}
        print_result(options, result, f"{pluralize(rows, noun)} written to {options.out}.")
    elif not rows:
        print(_empty_sentence(request), file=sys.stderr)
    for problem in request.problems():
        print(problem, file=sys.stderr)
    return DONE


def _write(table: ExportTable, out: Path | None, file_format: str) -> int:
    """Write a table to a file, or to the terminal for None, and return the number of rows. Raises FileNotWritten."""
    if file_format == "xlsx" and out:
        from mimecast.reports.exports.export_workbook import write_xlsx

        with open_binary_output(out) as workbook:
            return write_xlsx(table, workbook)
    from mimecast.reports.exports.text_files import write_csv, write_json

    with open_text_output(out) as text:
        return (write_json if file_format == "json" else write_csv)(table, text)


def _empty_sentence(request: ExportRequest) -> str:
    data = request.options.data
    where = " in this range" if request.has_range else ""
    level = "neither “movement” nor “names”" if data == "movement" else "“off”"
    off = f", or the setting people in [dashboard] is {level}" if data in PEOPLE_DATA else ""
    return f"No {data} {'is' if data == 'movement' else 'are'} stored{where}{off}."
