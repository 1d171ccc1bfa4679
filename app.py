"""Overview: how many people are at risk today, and whether it is getting better."""

from datetime import timedelta

import streamlit as st

from mimecast.charts.annotations import NO_ANNOTATIONS
from mimecast.charts.grades import grade_chart
from mimecast.charts.over_time import at_risk_chart, mix_chart
from mimecast.domain.reporting_days import MAX_MIX_COLUMNS, DayRange, reporting_day
from mimecast.formatting import format_date
from mimecast.reports.tables import grades_frame, to_csv
from mimecast.store.comparisons import compare_back
from mimecast.store.timelines import cached_timeline
from mimecast.store.variation_baseline import load_variation
from mimecast.text.summaries import coverage, headline, verdict
from mimecast.ui.chart_cache import cached_chart
from mimecast.ui.page import begin
from mimecast.ui.sections.annotations import load_annotations, show_target_line, with_notes
from mimecast.ui.server.middleware import middleware
from mimecast.ui.server.startup import lifespan
from mimecast.ui.widgets.charts import offer_csv, show_chart
from mimecast.ui.widgets.metrics import show_metrics
from mimecast.ui.widgets.tables import show_grades_table

SPAN = 30
"""Days back to the snapshot that the newest one is compared with."""

SHOWN = 365
"""Days of history in the charts, fewer when the first snapshot is younger."""

if __name__ != "__main__":  # `streamlit run` asks for the server first, and then runs this file anew for each visit
    app = st.App(__file__, middleware=middleware(), lifespan=lifespan)
else:
    page = begin("Overview")
    with page.reading() as store:
        stamp, comparison, recent, year, mix, marks = page.stamp, None, None, None, None, NO_ANNOTATIONS
        if store and stamp:
            account, oldest = page.account.id, store.oldest(page.account.id) or stamp.newest
            first = max(page.today - timedelta(days=SHOWN - 1), reporting_day(oldest.taken_at, page.zone))
            comparison = compare_back(store, stamp.newest, SPAN, page.zone)
            year = cached_timeline(store, account, DayRange(first, page.today, page.zone))
            mix = cached_timeline(store, account, DayRange(first, page.today, page.zone), max_points=MAX_MIX_COLUMNS)
            variation = load_variation(store, stamp.newest, page.zone, SPAN)
            marks = load_annotations(store, account, first, page.today, variation)
            if comparison:
                recent = cached_timeline(store, account, DayRange(comparison.then_day, comparison.now_day, page.zone))

        if store and stamp:
            said = headline(stamp.newest, comparison, SPAN)
            st.markdown(f"**{said.fact}**{said.rest} {verdict(stamp.newest, marks.variation)}")
            show_target_line(page, store)
            show_metrics(stamp, comparison, recent)

        today, over_time = st.columns([2, 3], gap="medium")
        with today:
            show_chart(cached_chart(grade_chart, stamp, file_name=page.file_name("grades")), key="overview_grades")
        with over_time:
            show_chart(cached_chart(mix_chart, mix, stamp, marks, file_name=page.file_name("mix")), key="overview_mix")
        with with_notes(marks):
            show_chart(
                cached_chart(at_risk_chart, year, stamp, marks, file_name=page.file_name("at-risk")),
                key="overview_at_risk",
            )
        if year:
            st.caption(f"Since {format_date(year.first)}: {coverage(year)}. Grey marks the days without one.")

        if stamp:
            rows = grades_frame(stamp, comparison)
            st.header("In numbers", anchor=False)
            show_grades_table(rows, stamp, comparison)
            offer_csv(
                lambda: to_csv(rows),
                file_name=f"{page.file_name('overview')}.csv",
                key="overview_csv",
            )
