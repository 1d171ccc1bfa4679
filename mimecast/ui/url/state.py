"""Page state in the URL: account, range, dates and resolution, which links carry from page to page.

Every link to a page has them, so that the browser makes one history entry per click. Back, reload and a shared URL need
no memory of the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

CARRIED_PARAMS: Final = ("account", "range", "from", "to", "by")
"""`from` and `to` are one pair of dates wherever they are picked. Compare puts them side by side; History shows the
days between them while its range is `own`, or while the URL names no range."""


def current() -> dict[str, str]:
    """Return the carried parameters that the URL has, in its order."""
    return {name: value for name, value in st.query_params.items() if name in CARRIED_PARAMS}


def update(choices: Mapping[str, str], *, instead_of: tuple[str, ...]) -> None:
    """Put choices into the URL in place of others and keep the rest. For callbacks of widgets."""
    kept = {name: value for name, value in st.query_params.items() if name not in instead_of}
    st.query_params.from_dict({**kept, **choices})
