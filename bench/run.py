"""How fast the dashboard is, relative to a Streamlit page with one chart in the same run.

`python bench/run.py` prints tables (install bench/requirements.txt first). `--json FILE` saves every value, and
`--write docs/performance.md` replaces the table between that file's markers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

if __package__ in (None, ""):
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

from bench.harness.machine import describe_machine
from bench.harness.results import Result, as_table
from bench.harness.workspace import Workspace, open_workspace
from bench.measurements.command_line import measure_command_line
from bench.measurements.first_visits import measure_first_visits, measure_simultaneous_visits
from bench.measurements.page_loads import measure_cold_starts, measure_range_changes, measure_reloads, measure_transfer
from bench.measurements.server_cost import measure_memory, measure_script_runs

SECTIONS: Final[dict[str, Callable[[Workspace], list[Result]]]] = {
    "reload": measure_reloads,
    "range-change": measure_range_changes,
    "first-visit": measure_first_visits,
    "first-visits-at-once": measure_simultaneous_visits,
    "cold-start": measure_cold_starts,
    "script-run": measure_script_runs,
    "transfer": measure_transfer,
    "memory": measure_memory,
    "command-line": measure_command_line,
}

BEGIN: Final = "<!-- begin: bench/run.py writes this table -->"
END: Final = "<!-- end -->"


def main() -> None:
    """Run the command line."""
    options = _parse_options()
    results: list[Result] = []
    with open_workspace(rounds=options.rounds, log=_log) as workspace:
        for name in options.only:
            _log(f"== {name}")
            results += SECTIONS[name](workspace)
    machine = describe_machine()
    print(f"{machine}\n\n{as_table(results)}")
    if options.json:
        report = {"machine": machine, "results": [result.as_json() for result in results]}
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    if options.write:
        summary = as_table(result for result in results if not result.detail)
        options.write.write_text(replace_between_markers(options.write.read_text(), f"{machine}\n\n{summary}"))


def replace_between_markers(document: str, text: str) -> str:
    """Return the document with new text between its markers.

    Raises SystemExit if the document has no markers.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"The document lacks one of these markers: {BEGIN} {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/run.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="after a warm-up; default 15")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=list(SECTIONS),
        default=list(SECTIONS),
        metavar="SECTION",
        help=f"measure only these of {', '.join(SECTIONS)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="save every value in this file")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the table between this file's markers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
