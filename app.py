"""Overview: how many users are at risk today, and whether that is improving."""

import streamlit as st

if __name__ != "__main__":
    from mimecast.ui.server.asgi import Application
    from mimecast.ui.server.options import server_options
    from mimecast.ui.server.page_imports import start_imports
    from mimecast.ui.server.unreadable_secrets import ExplainUnreadableSecrets

    start_imports()  # before Streamlit waits for half a second while it reads the secrets
    app: Application = st.App(__file__, **server_options())  # `streamlit run` looks for this assignment
    app = ExplainUnreadableSecrets(app)  # what it serves; each visit runs the page below
else:
    from mimecast.text.timelines import coverage_sentence
    from mimecast.ui.page import begin, load_or_stop
    from mimecast.ui.page_data.overview import load_overview
    from mimecast.ui.sections.annotations import show_notes
    from mimecast.ui.sections.lost_days import warn_of_lost_days
    from mimecast.ui.widgets.charts import show_chart
    from mimecast.ui.widgets.download_links import offer_csv
    from mimecast.ui.widgets.grade_tables import show_grades_table
    from mimecast.ui.widgets.key_numbers import show_key_numbers
    from mimecast.ui.widgets.summary import show_summary

    page = begin("Overview")
    warn_of_lost_days(page)
    data = load_or_stop(load_overview, page)
    report = data.report

    show_summary(report.summary)
    show_key_numbers(report.stamp, report.comparison, report.annotations.judged)

    over_time, today = st.columns([5, 3], gap="small")
    with over_time, st.container(border=True, height="stretch"):
        show_chart(data.trend, key="overview_at_risk")
    with today, st.container(border=True, height="stretch"):
        show_chart(data.grades, key="overview_grades")
    show_notes(report.annotations)
    with st.container(border=True):
        show_chart(data.mix, key="overview_mix")
    st.caption(coverage_sentence(report.timeline))

    st.header("In numbers", anchor=False)
    show_grades_table(report.stamp, report.comparison)
    offer_csv(
        data.make_table, file_name=f"{page.file_name('overview')}.csv", key="overview_csv", account=page.account.id
    )
