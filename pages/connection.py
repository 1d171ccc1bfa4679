"""Setup & data: the state of every account, the checks with their remedies, notifications, exports and imports."""

from mimecast.ui.page import begin_without_data, load_or_stop
from mimecast.ui.sections.checks import show_checks
from mimecast.ui.sections.daily_snapshots import show_daily_snapshots
from mimecast.ui.sections.exports_and_imports import show_data_section
from mimecast.ui.sections.notifications import show_notifications
from mimecast.ui.sections.people import show_level
from mimecast.ui.sections.status_board import show_status_board

page = begin_without_data("Setup & data")
load_or_stop(show_status_board, page)
show_checks(page)
show_daily_snapshots(page)
load_or_stop(show_notifications, page)
show_level(page)
load_or_stop(show_data_section, page)
