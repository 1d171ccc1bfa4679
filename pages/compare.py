"""Compare: any two snapshots side by side, and how much of the change is headcount."""

import streamlit as st

from mimecast.charts.annotations import NO_ANNOTATIONS
from mimecast.charts.dumbbell import dumbbell_chart
from mimecast.charts.over_time import at_risk_chart
from mimecast.domain.reporting_days import DayRange
from mimecast.formatting import format_date
from mimecast.reports.tables import comparison_frame, to_csv
from mimecast.store.timelines import cached_timeline
from mimecast.store.variation_baseline import load_variation
from mimecast.text.summaries import comparison_summary, coverage, headcount_summary, verdict
from mimecast.ui.chart_cache import cached_chart
from mimecast.ui.page import begin
from mimecast.ui.sections.annotations import load_annotations
from mimecast.ui.widgets.charts import offer_csv, show_chart
from mimecast.ui.widgets.compare_dates import choose_dates
from mimecast.ui.widgets.metrics import show_change_parts
from mimecast.ui.widgets.tables import show_comparison_table

page = begin("Compare")
with page.reading() as store:
    comparison, stamp, between, marks = None, None, None, NO_ANNOTATIONS
    if store and page.newest:
        comparison = choose_dates(store, page.newest, page.today, page.zone)
        said = comparison_summary(comparison)
        st.markdown(f"**{said.fact}**{said.rest}")
    if store and comparison:
        stamp = page.compared_stamp(comparison)
        first, last, account = comparison.then_day, comparison.now_day, page.account.id
        between = cached_timeline(store, account, DayRange(first, last, page.zone))
        variation = load_variation(store, comparison.now, page.zone, comparison.days)
        marks = load_annotations(store, account, first, last, variation)
        st.markdown(verdict(comparison.now, variation))
        if comparison.parts:
            st.markdown(headcount_summary(comparison))
            show_change_parts(comparison.parts)

    ends, line = st.columns(2, gap="medium")
    with ends:
        show_chart(
            cached_chart(dumbbell_chart, comparison, stamp, file_name=page.file_name("compare")), key="compare_grades"
        )
    with line:
        show_chart(
            cached_chart(at_risk_chart, between, stamp, marks, file_name=page.file_name("compare-at-risk")),
            key="compare_at_risk",
        )
        if between:
            st.caption(
                f"{format_date(between.first)} to {format_date(between.last)}: {coverage(between)}. One value a "
                f"{between.resolution}; "
                f"grey marks a {between.resolution} without a snapshot."
            )

    if comparison and stamp:
        rows = comparison_frame(stamp, comparison)
        st.header("In numbers", anchor=False)
        show_comparison_table(rows, comparison)
        offer_csv(
            lambda: to_csv(rows),
            file_name=f"{page.file_name('compare')}.csv",
            key="compare_csv",
        )
