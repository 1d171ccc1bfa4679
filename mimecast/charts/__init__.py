"""Plotly figures, each with a text alternative and a stamp."""
