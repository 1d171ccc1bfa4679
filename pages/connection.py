"""Connection: is everything in order between here and Mimecast, and what to do where it is not."""

from mimecast.ui.checks import checks
from mimecast.ui.data_section import data_section
from mimecast.ui.page import begin
from mimecast.ui.schedule_status import schedule_status

page = begin("Connection")
checks(page)
with page.reading() as store:
    schedule_status(page, store)
    data_section(page)
