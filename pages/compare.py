"""Compare: any two snapshots side by side, and how much of the change is headcount."""

import streamlit as st

from mimecast.exports.shown import as_csv, comparison_frame
from mimecast.figures.dumbbell import dumbbell_chart
from mimecast.figures.marks import NO_MARKS
from mimecast.figures.over_time import at_risk_chart
from mimecast.history.earlier_spans import read_variation
from mimecast.history.kept import kept_timeline
from mimecast.narrative import comparison_summary, coverage, headcount_summary, verdict
from mimecast.ui.annotations import read_marks
from mimecast.ui.comparing import choose_dates
from mimecast.ui.drawn import drawn
from mimecast.ui.metrics import parts_of_the_change
from mimecast.ui.page import begin
from mimecast.ui.place import download_csv, place
from mimecast.ui.tables import comparison_table
from mimecast.wording import day

page = begin("Compare")
with page.reading() as store:
    comparison, stamp, between, marks = None, None, None, NO_MARKS
    if store and page.newest:
        comparison = choose_dates(store, page.newest, page.today, page.zone)
        said = comparison_summary(comparison)
        st.markdown(f"**{said.fact}**{said.rest}")
    if store and comparison:
        stamp = page.compared_stamp(comparison)
        first, last, account = comparison.then_day, comparison.now_day, page.account.id
        between = kept_timeline(store, account, first, last, page.zone)
        variation = read_variation(store, comparison.now, page.zone, comparison.days)
        marks = read_marks(store, account, first, last, variation)
        st.markdown(verdict(comparison.now, variation))
        if comparison.parts:
            st.markdown(headcount_summary(comparison))
            parts_of_the_change(comparison.parts)

    ends, line = st.columns(2, gap="medium")
    with ends:
        place(drawn(dumbbell_chart, comparison, stamp, file_name=page.file_name("compare")), key="compare_grades")
    with line:
        place(
            drawn(at_risk_chart, between, stamp, marks, file_name=page.file_name("compare-at-risk")),
            key="compare_at_risk",
        )
        if between:
            st.caption(
                f"{day(between.first)} to {day(between.last)}: {coverage(between)}. One value a {between.resolution}; "
                f"grey marks a {between.resolution} without a snapshot."
            )

    if comparison and stamp:
        rows = comparison_frame(stamp, comparison)
        st.header("In numbers", anchor=False)
        comparison_table(rows, comparison)
        download_csv(
            lambda: as_csv(rows),
            file_name=f"{page.file_name('compare')}.csv",
            key="compare_csv",
        )
