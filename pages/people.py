"""People: departments, component grades, movement between two dates, and time at risk."""

import streamlit as st

from mimecast.ui.page import begin, load_or_stop
from mimecast.ui.page_data.people import load_movement_data, load_people_data
from mimecast.ui.sections.people import (
    show_components,
    show_departments,
    show_movement,
    show_nothing_listed,
    show_people_off,
)
from mimecast.ui.sections.users_at_risk import show_names
from mimecast.ui.widgets.compare_dates import choose_dates

page = begin("People")
level = page.dashboard.people_level
if not level.is_on:
    show_people_off(page)
    st.stop()
data = load_or_stop(load_people_data, page)
if data is None:
    show_nothing_listed(page)
    st.stop()

show_departments(page, data)
show_components(data)
if level.has_movement:
    st.header("Movement", anchor=False)
    comparison = load_or_stop(choose_dates, page)
    show_movement(page, load_or_stop(load_movement_data, page, comparison))
if level.has_names:
    show_names(page)
