"""What a change gives: a page's reload in several checkouts of the dashboard, in turn with each other and the floor.

`git worktree add ../before HEAD~1`, then `python bench/checkouts.py history before=../before now=.` The order changes
from round to round. It is the only way to see a tenth of a second on a machine that wanders by more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

if __package__ in (None, ""):
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

from bench import browser as chromium
from bench import servers
from bench.results import as_table, compared
from bench.run import machine
from bench.sections import ACCOUNTS, FLOOR, HISTORY, OVERVIEW, Subject, benching, reload_and_leave

PAGES: Final[dict[str, Subject]] = {"overview": OVERVIEW, "history": HISTORY, "accounts": ACCOUNTS}


def main() -> None:
    options = _options()
    subject = PAGES[options.page]
    with benching(options.rounds, lambda said: print(said, file=sys.stderr, flush=True)) as bench:
        tabs = {FLOOR: chromium.Tab(bench.browser, bench.floor.url)}
        secrets = servers.secrets_for(subject.plan, bench.store(subject.plan))
        for name, checkout in options.checkouts:
            folder = servers.clone(bench.folder / f"checkout-{name}", secrets, checkout)
            tabs[name] = chromium.Tab(bench.browser, subject.url(bench.serve(folder)))
        for tab in tabs.values():
            tab.warm_up()
            tab.leave()
        clocks: dict[str, Callable[[], float]] = {name: reload_and_leave(tab) for name, tab in tabs.items()}
        times = bench.in_turn(clocks)
    section = f"Reload of {subject.name}"
    results = [
        compared(section, name, "s", values, against="" if name == FLOOR else FLOOR, by=times[FLOOR])
        for name, values in ((name, times[name]) for name in tabs)
    ]
    print(f"{machine()}\n\n{as_table(results)}")


def _named(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not equals or not (Path(folder) / "app.py").is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FOLDER with a checkout of the dashboard in it")
    return name, Path(folder).resolve()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/checkouts.py", description=__doc__)
    parser.add_argument("page", choices=list(PAGES))
    parser.add_argument("checkouts", nargs="+", type=_named, metavar="NAME=FOLDER")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="after a warm-up; default 15")
    return parser.parse_args()


if __name__ == "__main__":
    main()
