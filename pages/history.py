"""History: how the grades changed over a range of days, with every gap shown."""

import streamlit as st

from mimecast.text.targets import target_sentence
from mimecast.text.timelines import coverage_sentence, resolution_sentence
from mimecast.ui.causes.lists import show_left_out_answers
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.page import begin, load_or_stop
from mimecast.ui.page_data.history import load_history
from mimecast.ui.sections.annotations import offer_annotation_forms, show_annotation_result, with_notes
from mimecast.ui.widgets.charts import show_chart
from mimecast.ui.widgets.date_range import choose_range_and_resolution, show_empty_range
from mimecast.ui.widgets.download_links import offer_csv
from mimecast.ui.widgets.grade_tables import show_history_table

page = begin("History")
choice = choose_range_and_resolution(page)
data = load_or_stop(load_history, page, choice.days, choice.finest)
if data is None:
    show_empty_range(choice.days)
    st.stop()
report = data.report

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.markdown(f"**{escape_markdown(data.sentence)}**")
    load_or_stop(offer_annotation_forms, page)
show_annotation_result(page)
if report.progress:
    st.markdown(f":material/flag: {escape_markdown(target_sentence(report.progress, report.past_day))}")
with with_notes(report.annotations):
    show_chart(data.trend, key="history_at_risk")
st.caption(f"{resolution_sentence(report.timeline, report.mix, choice.requested)} {coverage_sentence(report.timeline)}")
show_chart(data.mix, key="history_mix")
show_chart(data.each_grade, key="history_each_grade")
show_left_out_answers(page)

st.header("In numbers", anchor=False)
show_history_table(report.timeline, data.make_table)
offer_csv(data.make_table, file_name=f"{page.file_name('history')}.csv", key="history_csv", account=page.account.id)
