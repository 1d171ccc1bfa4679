"""Connection: is everything in order between here and Mimecast, and what to do where it is not."""

from mimecast.ui.page import begin
from mimecast.ui.sections.checks import show_checks
from mimecast.ui.sections.daily_snapshots import show_daily_snapshots
from mimecast.ui.sections.data import show_data_section

page = begin("Connection")
show_checks(page)
with page.reading() as store:
    show_daily_snapshots(page, store)
    show_data_section(page)
