"""Charts are drawn while another page is the first to need pandas."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mimecast.settings.project import PROJECT

START = """
import sys, threading
from mimecast.charts.drawing import drawing
from mimecast.ui.server.page_imports import start_imports
start_imports().join()
import plotly.graph_objects as go
assert "pandas" not in sys.modules
"""

OTHERS_DRAW = """
errors, drawn, ended = [], [], threading.Event()
def draw():
    while not ended.is_set():
        try:
            with drawing(), drawing():
                drawn.append(go.Figure({"data": [{"type": "scatter", "x": [1, 2], "y": [3, None]}]}).to_json())
        except AttributeError as error:
            errors.append(error)
threads = [threading.Thread(target=draw) for _ in range(3)]
for thread in threads:
    thread.start()
while len(drawn) < 3:
    pass
import pandas
before = len(drawn)
while len(drawn) < before + 3:
    pass
ended.set()
print("ERRORS", errors, pandas.DataFrame({"a": [1]}).shape)
"""

IN_A_DRAWING = """
with drawing():
    import pandas
    print("ERRORS", [], pandas.DataFrame({"a": [1]}).shape)
"""


@pytest.mark.parametrize("script", [OTHERS_DRAW, IN_A_DRAWING], ids=["others draw", "in a drawing"])
def test_the_first_import_of_pandas_disturbs_no_chart(script: str) -> None:
    """Plotly uses pandas as soon as another thread has begun to import it."""
    done = subprocess.run(
        [sys.executable, "-c", START + script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        timeout=120,
        check=False,
    )
    assert done.stdout == "ERRORS [] (1, 1)\n", done.stderr
