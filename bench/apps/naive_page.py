"""The naive page: an account's history in Dash, which reads every row and draws every row at each reload.

Start it with `python bench/apps/naive_page.py STORE_URL PORT`.
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
    """Draw the share at risk, the share doing well and the users graded as lines over all snapshots."""
    snapshots = pd.read_sql("SELECT * FROM snapshots ORDER BY taken_at", engine)
    taken_at = pd.to_datetime(snapshots["taken_at"], unit="s")
    users_graded = snapshots[GRADES].sum(axis=1)
    lines = {
        "Share of users at risk (D + F)": (snapshots["d"] + snapshots["f"]) / users_graded * 100,
        "Share of users doing well (A + B)": (snapshots["a"] + snapshots["b"]) / users_graded * 100,
        "Users graded": users_graded,
    }
    figures = [go.Figure(go.Scatter(x=taken_at, y=line), layout={"title": title}) for title, line in lines.items()]
    return html.Div([html.H1("History"), *(dcc.Graph(figure=figure) for figure in figures)])


app.layout = layout
app.run(host="127.0.0.1", port=port, debug=False)
