"""The signed-in user."""

from __future__ import annotations

import streamlit as st

from mimecast.settings.auth import verified_email


def current_user_email() -> str:
    """Return the verified e-mail address of the signed-in user, or nothing without sign-in."""
    return verified_email(st.user.to_dict())
