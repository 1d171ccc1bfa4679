"""Compare: two days side by side, and how much of the change is headcount."""

import streamlit as st

from mimecast.text.changes import comparison_sentence, counts_sentence, headcount_sentence
from mimecast.text.timelines import coverage_sentence
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.page import begin, load_or_stop
from mimecast.ui.page_data.compare import load_compare
from mimecast.ui.page_data.people import load_movement_data
from mimecast.ui.sections.people import show_movement_beside_net_change
from mimecast.ui.widgets.charts import show_chart
from mimecast.ui.widgets.compare_dates import choose_dates
from mimecast.ui.widgets.download_links import offer_csv
from mimecast.ui.widgets.grade_tables import show_grades_table
from mimecast.ui.widgets.key_numbers import show_change_parts

page = begin("Compare")
comparison = load_or_stop(choose_dates, page)
if comparison is None:
    st.info(
        "Comparing needs snapshots of two days. Come back tomorrow, or import past months on the Setup & data page."
    )
    st.stop()
data = load_or_stop(load_compare, page, comparison)

details = f"{data.verdict} {counts_sentence(comparison)}"
st.markdown(f"**{escape_markdown(comparison_sentence(comparison))}** {escape_markdown(details)}")
if comparison.parts:
    st.markdown(escape_markdown(headcount_sentence(comparison)))
    show_change_parts(comparison.parts)

ends, line = st.columns(2, gap="medium")
with ends:
    show_chart(data.grades, key="compare_grades")
with line:
    show_chart(data.trend, key="compare_at_risk")
    st.caption(coverage_sentence(data.timeline))

st.header("In numbers", anchor=False)
if page.dashboard.people_level.has_movement:
    show_movement_beside_net_change(load_or_stop(load_movement_data, page, comparison))
show_grades_table(data.stamp, comparison)
offer_csv(data.make_table, file_name=f"{page.file_name('compare')}.csv", key="compare_csv", account=page.account.id)
