"""Reads the secrets through Streamlit, or from the files where Streamlit has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from mimecast.settings.secrets_files import read_secrets_files


def read_secrets() -> Mapping[str, Any]:
    """Every table of the secrets. Raises SettingsError."""
    try:
        return st.secrets.to_dict()
    except (StreamlitSecretNotFoundError, UnicodeDecodeError, OSError):
        return read_secrets_files()
