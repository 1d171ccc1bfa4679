"""The floor: a Streamlit page with one Plotly chart and nothing else."""

import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure(go.Scatter(x=list(range(30)), y=[day % 7 for day in range(30)])), key="chart")
