"""Overview: how many people are at risk today, and whether it is getting better."""

from datetime import timedelta

import streamlit as st

from mimecast.exports.shown import as_csv, grades_frame
from mimecast.figures.grades import grade_chart
from mimecast.figures.marks import NO_MARKS
from mimecast.figures.over_time import at_risk_chart, mix_chart
from mimecast.history.comparison import compare_back
from mimecast.history.earlier_spans import read_variation
from mimecast.history.kept import kept_timeline
from mimecast.history.timeline import COLUMNS_IN_A_MIX, reporting_day
from mimecast.narrative import coverage, headline, verdict
from mimecast.ui.annotations import beside_notes, read_marks, target_line
from mimecast.ui.drawn import drawn
from mimecast.ui.metrics import metrics
from mimecast.ui.page import begin
from mimecast.ui.place import download_csv, place
from mimecast.ui.shell import serving
from mimecast.ui.starting import starting
from mimecast.ui.tables import grades_table
from mimecast.wording import day

SPAN = 30
"""Days back to the snapshot that the newest one is compared with."""

SHOWN = 365
"""Days of history in the charts, fewer when the first snapshot is younger."""

if __name__ != "__main__":  # `streamlit run` asks for the server first, and then runs this file anew for each visit
    app = st.App(__file__, middleware=serving(), lifespan=starting)
else:
    page = begin("Overview")
    with page.reading() as store:
        stamp, comparison, recent, year, mix, marks = page.stamp, None, None, None, None, NO_MARKS
        if store and stamp:
            account, oldest = page.account.id, store.oldest(page.account.id) or stamp.newest
            first = max(page.today - timedelta(days=SHOWN - 1), reporting_day(oldest.taken_at, page.zone))
            comparison = compare_back(store, stamp.newest, SPAN, page.zone)
            year = kept_timeline(store, account, first, page.today, page.zone)
            mix = kept_timeline(store, account, first, page.today, page.zone, at_most=COLUMNS_IN_A_MIX)
            variation = read_variation(store, stamp.newest, page.zone, SPAN)
            marks = read_marks(store, account, first, page.today, variation)
            if comparison:
                recent = kept_timeline(store, account, comparison.then_day, comparison.now_day, page.zone)

        if store and stamp:
            said = headline(stamp.newest, comparison, SPAN)
            st.markdown(f"**{said.fact}**{said.rest} {verdict(stamp.newest, marks.variation)}")
            target_line(page, store)
            metrics(stamp, comparison, recent)

        today, over_time = st.columns([2, 3], gap="medium")
        with today:
            place(drawn(grade_chart, stamp, file_name=page.file_name("grades")), key="overview_grades")
        with over_time:
            place(drawn(mix_chart, mix, stamp, marks, file_name=page.file_name("mix")), key="overview_mix")
        with beside_notes(marks):
            place(drawn(at_risk_chart, year, stamp, marks, file_name=page.file_name("at-risk")), key="overview_at_risk")
        if year:
            st.caption(f"Since {day(year.first)}: {coverage(year)}. Grey marks the days without one.")

        if stamp:
            rows = grades_frame(stamp, comparison)
            st.header("In numbers", anchor=False)
            grades_table(rows, stamp, comparison)
            download_csv(
                lambda: as_csv(rows),
                file_name=f"{page.file_name('overview')}.csv",
                key="overview_csv",
            )
