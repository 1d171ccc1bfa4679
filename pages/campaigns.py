"""Campaigns: the results of phishing campaigns, and the share at risk around their launches."""

import streamlit as st

from mimecast.ui.escaping import escape_markdown
from mimecast.ui.page import begin, load_or_stop
from mimecast.ui.page_data.campaigns import load_campaigns_page
from mimecast.ui.sections.campaigns import offer_campaigns, show_campaigns_table, show_effects_table
from mimecast.ui.widgets.charts import show_chart

page = begin("Campaigns")
data = load_or_stop(load_campaigns_page, page)
if not data.campaigns:
    st.info(
        "No campaigns are stored. With `campaigns = true` in `[dashboard]`, each `python -m mimecast snapshot` stores "
        "their totals."
    )
    st.stop()
if data.sentence:
    st.markdown(f"**{escape_markdown(data.sentence)}**")
with st.container(border=True):
    show_chart(data.rates, key="campaigns_rates")

st.header("Totals", anchor=False)
show_campaigns_table(data.campaigns, page.zone)
offer_campaigns(page, data)

st.header("Share at risk around the launches", anchor=False)
show_effects_table(data.effects)
