"""Says on the Overview that days are being lost, because nothing captures them on schedule."""

from __future__ import annotations

from mimecast.domain.scheduled_runs import daily_snapshots_problem
from mimecast.store.scheduled_runs import load_schedule_status
from mimecast.ui.banners import show_problem
from mimecast.ui.context import AccountPage


def warn_of_lost_days(page: AccountPage) -> None:
    """Draw a banner where daily snapshots are not set up or overdue; nothing for sample data. Raises StoreError."""
    if page.is_sample:
        return
    status = load_schedule_status(page.store, page.account.id)
    if problem := daily_snapshots_problem(status, page.now, page.zone):
        show_problem(problem)
