"""History: how the grades went over a range of days, with every gap shown."""

import streamlit as st

from mimecast.exports.shown import as_csv, history_frame
from mimecast.figures.marks import NO_MARKS
from mimecast.figures.over_time import at_risk_chart, each_grade_chart, mix_chart, users_graded_chart
from mimecast.history.earlier_spans import read_variation
from mimecast.history.kept import kept_timeline
from mimecast.history.timeline import COLUMNS_IN_A_MIX, Resolution, reporting_day
from mimecast.narrative import coverage, range_summary, resolutions
from mimecast.ui.annotations import beside_notes, read_marks, target_and_notes, target_line
from mimecast.ui.drawn import drawn
from mimecast.ui.page import begin
from mimecast.ui.place import download_csv, place
from mimecast.ui.ranges import choose_range_and_resolution
from mimecast.ui.tables import history_table
from mimecast.wording import day

page = begin("History")
with page.reading() as store:
    stamp, timeline, mix, marks = page.stamp, None, None, NO_MARKS
    oldest = store.oldest(page.account.id) if store else None
    since = reporting_day(oldest.taken_at, page.zone) if oldest else None
    chosen, wished = choose_range_and_resolution(page.today, since)
    if store and stamp:
        first, last, account = chosen.first, chosen.last, page.account.id
        by = wished or Resolution.DAY
        timeline = kept_timeline(store, account, first, last, page.zone, by=by)
        mix = kept_timeline(store, account, first, last, page.zone, by=by, at_most=COLUMNS_IN_A_MIX)
        variation = read_variation(store, stamp.newest, page.zone) if last >= stamp.day else None
        marks = read_marks(store, account, first, last, variation)
        begins = f" The first snapshot is of {day(since)}." if since and since > first else ""
        st.markdown(f"**{range_summary(timeline)}**")
        st.caption(
            f"{coverage(timeline)}; days in {page.zone.key}. {resolutions(timeline, mix, wished)} "
            f"Grey marks a {timeline.resolution} without a snapshot.{begins}"
        )
        target_line(page, store)

    with beside_notes(marks):
        place(drawn(at_risk_chart, timeline, stamp, marks, file_name=page.file_name("at-risk")), key="history_at_risk")
    shares, headcount = st.columns(2, gap="medium")
    with shares:
        place(drawn(mix_chart, mix, stamp, marks, file_name=page.file_name("mix")), key="history_mix")
    with headcount:
        place(drawn(users_graded_chart, timeline, stamp, marks, file_name=page.file_name("users")), key="history_users")
    place(
        drawn(each_grade_chart, timeline, stamp, marks, file_name=page.file_name("each-grade")),
        key="history_each_grade",
    )
    target_and_notes(page, store)

    if timeline is not None:
        rows = history_frame(timeline, page.account.id)
        st.header("In numbers", anchor=False)
        history_table(rows, timeline.resolution)
        download_csv(
            lambda: as_csv(rows),
            file_name=f"{page.file_name('history')}.csv",
            key="history_csv",
        )
