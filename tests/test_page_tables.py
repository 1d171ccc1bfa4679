"""Tables on pages: negative numbers have the minus sign U+2212, and numeric columns stay sortable."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from mimecast.formatting import MINUS, format_points
from mimecast.ui.navigation import PAGES
from tests.support.app import html_of, run_page
from tests.support.exhaustive import every_nth

pytestmark = pytest.mark.usefixtures("isolated_pages")


def shown_texts(table: Any) -> pd.DataFrame | None:
    """Return the texts that a Styler gives the cells of a table; None for a table without one."""
    content = table.proto.arrow_data.styler.display_values
    return pa.ipc.open_stream(io.BytesIO(content)).read_pandas() if content else None


@pytest.mark.parametrize("page", every_nth([title for _, title, _ in PAGES], 2))
def test_no_cell_of_a_page_has_a_hyphen_for_a_minus(project: Path, page: str) -> None:
    app = run_page(project, page, {})
    assert re.findall(r">-\d[^<]*<", html_of(app)) == []
    for table in app.dataframe:
        numbers = table.value.select_dtypes("number")
        texts, columns = shown_texts(table), json.loads(table.proto.columns)
        for name in numbers.columns[(numbers < 0).any()]:
            assert texts is not None
            assert "format" not in columns[name].get("type_config", {}), "a format would replace the text"
            negative = numbers[name] < 0
            assert [text[0] for text in texts[name][negative]] == [MINUS] * negative.sum()


def test_departments_and_accounts_show_changes_as_texts_of_sortable_numbers(project: Path) -> None:
    for page in ("People", "Accounts"):
        (table,) = run_page(project, page, {}).dataframe
        texts = shown_texts(table)
        assert texts is not None
        changes = table.value["Change"]
        assert changes.dtype == "float64"
        assert list(texts["Change"]) == [format_points(None if pd.isna(change) else change) for change in changes]
