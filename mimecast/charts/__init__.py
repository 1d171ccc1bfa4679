"""Plotly figures, each with its text alternative and its stamp."""
