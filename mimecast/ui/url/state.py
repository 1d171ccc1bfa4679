"""The choices that an address carries from page to page: account, range, dates and resolution.

Every link to a page holds them, so that the browser makes one entry in its history for one click; Back, reload and a
shared address need no memory of the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

CARRIED_PARAMS: Final = ("account", "range", "from", "to", "by")
"""`from` and `to` are one pair of dates wherever they are picked: Compare puts them side by side, and History shows the
days between them while its range is `own`, or while the address names no range."""


def current() -> dict[str, str]:
    """The carried choices as the address has them, in its order."""
    return {name: value for name, value in st.query_params.items() if name in CARRIED_PARAMS}


def update(choices: Mapping[str, str], *, instead_of: tuple[str, ...]) -> None:
    """Put choices into the address, in place of others; what else it says is kept. For callbacks of widgets."""
    kept = {name: value for name, value in st.query_params.items() if name not in instead_of}
    st.query_params.from_dict({**kept, **choices})
