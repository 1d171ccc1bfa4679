"""The naive page: the History of an account as Dash's tutorial would have it, every row read and every row drawn.

`python bench/naive_page.py STORE_URL PORT`
"""

from __future__ import annotations

import sys

import pandas as pd
import plotly.graph_objects as go
from dash import Dash, dcc, html
from sqlalchemy import create_engine

GRADES = ["a", "b", "c", "d", "f"]

store_url, port = sys.argv[1], int(sys.argv[2])
engine = create_engine(store_url)
app = Dash(__name__)


def layout() -> html.Div:
    """At every reload: the share at risk, the share doing well and the users graded, as lines over all snapshots."""
    frame = pd.read_sql("SELECT * FROM snapshots ORDER BY taken_at", engine)
    when = pd.to_datetime(frame["taken_at"], unit="s")
    graded = frame[GRADES].sum(axis=1)
    lines = {
        "Share of users at risk (D + F)": (frame["d"] + frame["f"]) / graded * 100,
        "Share of users doing well (A + B)": (frame["a"] + frame["b"]) / graded * 100,
        "Users graded": graded,
    }
    charts = [go.Figure(go.Scatter(x=when, y=line), layout={"title": title}) for title, line in lines.items()]
    return html.Div([html.H1("History"), *(dcc.Graph(figure=chart) for chart in charts)])


app.layout = layout
app.run(host="127.0.0.1", port=port, debug=False)
