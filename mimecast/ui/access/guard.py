"""The guard of actions: Streamlit runs callbacks before a page's script, and fragments without it.

The gate at the top of a page protects neither. Every callback and fragment is therefore wrapped here, and a test holds
that no other module hands one to Streamlit directly.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from mimecast.problem import Problem
from mimecast.ui.access.policy import check_access

P = ParamSpec("P")


def guard(callback: Callable[P, None]) -> Callable[P, None]:
    """Return a callback that does nothing for a user who may not use the dashboard at that moment.

    The page's script runs after it, and its gate shows the reason.
    """

    @wraps(callback)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        if _is_allowed():
            callback(*args, **kwargs)

    return guarded


def fragment(function: Callable[P, None], *, run_every: float | None = None) -> Callable[P, None]:
    """Return a fragment that draws nothing for a user who may not use the dashboard: the whole page runs instead.

    With `run_every` it runs again after so many seconds.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        if not _is_allowed():
            st.rerun()
        function(*args, **kwargs)

    return st.fragment(guarded, run_every=run_every)


def _is_allowed() -> bool:
    try:
        check_access(st.user.to_dict())
    except Problem:
        return False
    return True
