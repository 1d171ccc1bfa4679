"""The target and the reference lines as levels of the workbook's chart: a share on each day on which they apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mimecast.domain.reporting_days import reporting_day
from mimecast.palette import GOOD
from mimecast.reports.judgement_colours import REFERENCE_INK
from mimecast.reports.report import Report
from mimecast.text.targets import goal_phrase


@dataclass(frozen=True, slots=True)
class TrendLevel:
    """A level of `share` percent from `first` to `last`, both included, with the look of its line."""

    name: str
    share: float
    first: date
    last: date
    colour: str
    dash: str

    def on(self, day: date) -> float | None:
        """Return the share as a fraction on a day; None where the level does not apply."""
        return self.share / 100 if self.first <= day <= self.last else None


def trend_levels(report: Report) -> list[TrendLevel]:
    """Return the target and the reference lines that apply within the range of a report."""
    days, annotations = report.days, report.annotations
    levels = []
    if target := annotations.target_between(days.first, days.last, days.zone):
        set_on = reporting_day(target.set_at, days.zone)
        levels.append(
            TrendLevel(f"Target: at most {goal_phrase(target)}", target.share, set_on, target.by, GOOD, "dash")
        )
    for line in annotations.causes.lines_from(days.first):
        last = line.last_day or date.max
        levels.append(TrendLevel(line.text, line.share, date.min, last, REFERENCE_INK, "long_dash"))
    return levels
