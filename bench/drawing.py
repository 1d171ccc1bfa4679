"""How long Plotly alone takes to draw each figure of Overview and History: no Streamlit, no server, no store to read.

`python bench/drawing.py` draws those of one year of daily snapshots in a fresh Chromium page, one after the other, and
prints medians. `--without annotations` (or shapes, template, hovertext) leaves a part away, to see what it costs. Run
it in two checkouts in turn to see what a change of a figure gives.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

if __package__ in (None, ""):
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

from plotly.offline import get_plotlyjs

from bench import browser as chromium
from bench.results import Result, as_table
from bench.run import machine
from bench.stores import ONE_YEAR, make_store
from mimecast.charts.grades import grade_chart
from mimecast.charts.over_time import at_risk_chart, each_grade_chart, mix_chart, users_graded_chart
from mimecast.domain.reporting_days import MAX_MIX_COLUMNS, DayRange
from mimecast.store.store import Store
from mimecast.store.timelines import load_timeline
from mimecast.text.stamp import Stamp
from tests.support.browser import DESKTOP

PARTS: Final = ("annotations", "shapes", "template", "hovertext")

DRAW: Final = """async figures => {
  const took = {};
  for (const [name, figure] of Object.entries(figures)) {
    const place = document.body.appendChild(document.createElement('div'));
    place.style.width = '1000px';
    const began = performance.now();
    await Plotly.newPlot(place, figure.data, figure.layout, {});
    took[name] = (performance.now() - began) / 1000;
  }
  return took;
}"""


def figures(folder: Path) -> dict[str, Any]:
    """The figures as the browser gets them, by their names."""
    now, zone = datetime.now(UTC), ZoneInfo("UTC")
    store = Store.open(make_store(ONE_YEAR, folder, now))
    (account,) = ONE_YEAR.ids
    newest = store.newest(account)
    if newest is None:
        raise SystemExit("The store is empty.")
    today, stamp = now.date(), Stamp(account, newest, zone, now)
    year = load_timeline(store, account, DayRange(today - timedelta(days=364), today, zone))
    mix = load_timeline(store, account, DayRange(year.first, today, zone), max_points=MAX_MIX_COLUMNS)
    drawn = {
        "at risk": at_risk_chart(year, stamp),
        "mix": mix_chart(mix, stamp),
        "users graded": users_graded_chart(year, stamp),
        "each grade": each_grade_chart(year, stamp),
        "grades today": grade_chart(stamp),
    }
    return {name: json.loads(drawing.figure.to_json()) for name, drawing in drawn.items()}


def without(part: str, figure: dict[str, Any]) -> None:
    """Take a part out of a figure."""
    figure["layout"].pop(part, None)
    for trace in figure["data"] if part == "hovertext" else ():
        trace.pop(part, None)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python bench/drawing.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="default 15")
    parser.add_argument(
        "--without", nargs="+", choices=PARTS, default=[], metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    options = parser.parse_args()
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="safe-score-drawing-") as folder, chromium.browser() as browser:
        shown = figures(Path(folder))
        for part in options.without:
            for figure in shown.values():
                without(part, figure)
        for _ in range(options.rounds):
            page = browser.new_page(viewport=DESKTOP)
            page.add_script_tag(content=get_plotlyjs())
            took = page.evaluate(DRAW, shown)
            page.close()
            for name, seconds in {**took, "all of them": sum(took.values())}.items():
                times[name].append(seconds)
    section = "Drawing by Plotly alone, one year daily, the first one with whatever a page does once"
    print(f"{machine()}\n\n{as_table([Result(section, name, 's', tuple(values)) for name, values in times.items()])}")


if __name__ == "__main__":
    main()
