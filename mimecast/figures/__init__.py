"""Data in, Plotly figures out, each with its text alternative and its stamp."""
