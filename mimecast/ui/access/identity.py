"""Who is at the page, for what is written down with a name."""

from __future__ import annotations

import streamlit as st

from mimecast.settings.auth import verified_email


def current_user_email() -> str:
    """The verified e-mail address of whoever is signed in; empty without sign-in."""
    return verified_email(st.user.to_dict())
