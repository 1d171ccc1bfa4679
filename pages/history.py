"""History: how the grades went over a range of days, with every gap shown."""

import streamlit as st

from mimecast.charts.annotations import NO_ANNOTATIONS
from mimecast.charts.over_time import at_risk_chart, each_grade_chart, mix_chart, users_graded_chart
from mimecast.domain.reporting_days import MAX_MIX_COLUMNS, DayRange, Resolution, reporting_day
from mimecast.formatting import format_date
from mimecast.reports.tables import history_frame, to_csv
from mimecast.store.timelines import cached_timeline
from mimecast.store.variation_baseline import load_variation
from mimecast.text.summaries import coverage, describe_resolution, range_summary
from mimecast.ui.chart_cache import cached_chart
from mimecast.ui.page import begin
from mimecast.ui.sections.annotations import load_annotations, show_annotation_forms, show_target_line, with_notes
from mimecast.ui.widgets.charts import offer_csv, show_chart
from mimecast.ui.widgets.date_range import choose_range_and_resolution
from mimecast.ui.widgets.tables import show_history_table

page = begin("History")
with page.reading() as store:
    stamp, timeline, mix, marks = page.stamp, None, None, NO_ANNOTATIONS
    oldest = store.oldest(page.account.id) if store else None
    since = reporting_day(oldest.taken_at, page.zone) if oldest else None
    chosen, wished = choose_range_and_resolution(page.today, since)
    if store and stamp:
        first, last, account = chosen.first, chosen.last, page.account.id
        by = wished or Resolution.DAY
        timeline = cached_timeline(store, account, DayRange(first, last, page.zone), finest=by)
        mix = cached_timeline(store, account, DayRange(first, last, page.zone), finest=by, max_points=MAX_MIX_COLUMNS)
        variation = load_variation(store, stamp.newest, page.zone) if last >= stamp.day else None
        marks = load_annotations(store, account, first, last, variation)
        begins = f" The first snapshot is of {format_date(since)}." if since and since > first else ""
        st.markdown(f"**{range_summary(timeline)}**")
        st.caption(
            f"{coverage(timeline)}; days in {page.zone.key}. {describe_resolution(timeline, mix, wished)} "
            f"Grey marks a {timeline.resolution} without a snapshot.{begins}"
        )
        show_target_line(page, store)

    with with_notes(marks):
        show_chart(
            cached_chart(at_risk_chart, timeline, stamp, marks, file_name=page.file_name("at-risk")),
            key="history_at_risk",
        )
    shares, headcount = st.columns(2, gap="medium")
    with shares:
        show_chart(cached_chart(mix_chart, mix, stamp, marks, file_name=page.file_name("mix")), key="history_mix")
    with headcount:
        show_chart(
            cached_chart(users_graded_chart, timeline, stamp, marks, file_name=page.file_name("users")),
            key="history_users",
        )
    show_chart(
        cached_chart(each_grade_chart, timeline, stamp, marks, file_name=page.file_name("each-grade")),
        key="history_each_grade",
    )
    show_annotation_forms(page, store)

    if timeline is not None:
        rows = history_frame(timeline, page.account.id)
        st.header("In numbers", anchor=False)
        show_history_table(rows, timeline.resolution)
        offer_csv(
            lambda: to_csv(rows),
            file_name=f"{page.file_name('history')}.csv",
            key="history_csv",
        )
