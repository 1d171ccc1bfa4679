"""The floor: the least that a Streamlit page with one Plotly chart can be."""

import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure(go.Scatter(x=list(range(30)), y=[number % 7 for number in range(30)])), key="chart")
