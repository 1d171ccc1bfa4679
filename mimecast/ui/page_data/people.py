"""What People shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from mimecast.charts.chart import Chart
from mimecast.charts.people.components import components_chart
from mimecast.charts.people.departments import departments_chart
from mimecast.domain.comparison import Comparison
from mimecast.domain.people.departments import (
    DepartmentChange,
    add_counts,
    compare_departments,
)
from mimecast.domain.people.movement import Movement, TimeAtRisk
from mimecast.domain.reporting_days import reporting_day
from mimecast.formatting import format_date
from mimecast.store.people.read import (
    DepartmentWeek,
    PeopleCapture,
    load_captures,
    load_compared_weeks,
    load_components,
    load_movement,
    load_newest_capture,
    load_time_at_risk,
)
from mimecast.text.stamp import Stamp
from mimecast.ui.cache import PAGE_CACHE
from mimecast.ui.context import AccountPage
from mimecast.ui.download_frames.people import departments_frame, movement_frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PeopleData:
    """The newest departments and components, with the earlier departments that they are compared with.

    `day` and `then` are the reporting days of the two lists; `then` is None without an earlier one.
    """

    capture: PeopleCapture
    departments: tuple[DepartmentChange, ...]
    company_share: float
    day: date
    then: date | None
    departments_chart: Chart | str
    components_chart: Chart | str

    @cached_property
    def table(self) -> pd.DataFrame:
        """`departments_frame` of the departments."""
        return departments_frame(self.departments)


@dataclass(frozen=True)
class MovementData:
    """Movement between the lists of two days, or a sentence that says why there is none, and the time at risk."""

    movement: Movement | None
    then: date | None
    now: date | None
    reason: str
    time_at_risk: TimeAtRisk | None
    known_since: date | None
    account: str

    @property
    def make_table(self) -> Callable[[], pd.DataFrame]:
        """A function that returns `movement_frame` of the movement. There must be one."""
        assert self.movement is not None  # noqa: S101 - the page offers the table beside the movement
        return partial(movement_frame, self.account, self.movement)


def load_people_data(page: AccountPage) -> PeopleData | None:
    """Load the departments and components, or return them from the cache; None without any. Raises StoreError."""
    minimum = page.dashboard.min_group_size
    key = ("people", page.account.id, page.account.name, page.today, page.zone.key, minimum, page.stamp.text)
    return PAGE_CACHE.get(page.store, key, lambda: _load(page))


def load_movement_data(page: AccountPage, comparison: Comparison | None) -> MovementData:
    """Load the movement between the lists of two snapshots, or return it from the cache. Raises StoreError."""
    minimum = page.dashboard.min_group_size
    key = ("movement", page.account.id, page.zone.key, minimum, comparison)
    return PAGE_CACHE.get(page.store, key, lambda: _load_movement(page, comparison))


def _load(page: AccountPage) -> PeopleData | None:
    store, account, minimum = page.store, page.account.id, page.dashboard.min_group_size
    capture = load_newest_capture(store, account)
    weeks = load_compared_weeks(store, account, minimum)
    if capture is None or weeks is None:
        return None
    newest, before = weeks
    departments = compare_departments(newest.departments, before.departments if before else None)
    company = add_counts(*newest.departments.values()).at_risk_share or 0.0
    day = reporting_day(newest.taken_at, page.zone)
    then = reporting_day(before.taken_at, page.zone) if before else None
    stamp = _stamp_of_list(page, newest)
    components = load_components(store, account, minimum)
    return PeopleData(
        capture,
        tuple(departments),
        company,
        day,
        then,
        departments_chart(
            departments,
            company,
            stamp,
            compared_to=format_date(then) if then else "",
            file_name=page.file_name("departments"),
        ),
        components_chart(components, stamp, file_name=page.file_name("components"))
        if components
        else "No component grades are stored yet.",
    )


def _stamp_of_list(page: AccountPage, week: DepartmentWeek) -> Stamp:
    """Return the stamp with the instant and the users of the list instead of the newest snapshot's."""
    (snapshot,) = page.store.last_in_each(page.account.id, [(week.taken_at, week.taken_at + timedelta(seconds=1))])
    return Stamp(page.account.name, snapshot or page.newest, page.zone, page.now)


def _load_movement(page: AccountPage, comparison: Comparison | None) -> MovementData:
    store, account = page.store, page.account.id
    minimum = page.dashboard.min_group_size
    captures = [each for each in load_captures(store, account) if each.has_intervals and each.graded >= minimum]
    known_since = reporting_day(captures[0].taken_at, page.zone) if captures else None
    time = load_time_at_risk(store, account) if captures else None
    if comparison is None or known_since is None:
        return MovementData(None, None, None, _no_movement(known_since), time, known_since, account)
    then, now = (_last_until(captures, snapshot.taken_at.timestamp()) for snapshot in (comparison.then, comparison.now))
    if then is None or now is None or then.taken_at == now.taken_at:
        reason = f"Lists of users have been stored since {format_date(known_since)}. Pick two days from then on."
        return MovementData(None, None, None, reason, time, known_since, account)
    movement = load_movement(store, account, then.taken_at, now.taken_at)
    return MovementData(
        movement,
        reporting_day(then.taken_at, page.zone),
        reporting_day(now.taken_at, page.zone),
        "",
        time,
        known_since,
        account,
    )


def _last_until(captures: list[PeopleCapture], instant: float) -> PeopleCapture | None:
    return next((capture for capture in reversed(captures) if capture.taken_at.timestamp() <= instant), None)


def _no_movement(known_since: date | None) -> str:
    if known_since is None:
        return "No list of users is stored yet. To request one now, run python -m mimecast snapshot."
    return f"Movement needs lists from two days. The first one is from {format_date(known_since)}."
