"""Says on the Overview that days are being lost, because nothing captures them on schedule."""

from __future__ import annotations

from mimecast.domain.scheduled_runs import daily_snapshots_problem
from mimecast.ui.context import AccountPage
from mimecast.ui.show_problem import show_problem


def warn_of_lost_days(page: AccountPage) -> None:
    """Draw a banner where daily snapshots are not set up or overdue; nothing for sample data."""
    if page.is_sample:
        return
    if problem := daily_snapshots_problem(page.state.schedule, page.now, page.zone):
        show_problem(problem)
