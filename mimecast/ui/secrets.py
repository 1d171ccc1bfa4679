"""Reads the secrets from their files, or through Streamlit where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from mimecast.settings.auth import AUTH_TABLE
from mimecast.settings.secrets_files import UnreadableSecretsError, read_secrets_files, secrets_files, starts_with_bom


def read_secrets() -> Mapping[str, Any]:
    """Return every table of the secrets, as the files are now.

    Streamlit keeps what it has read until its watcher sees a change, and the watcher ends at the first file that cannot
    be parsed. From then on, a user who is taken off an allow list would keep access until a restart.

    Raises:
        UnreadableSecretsError: A file exists and cannot be read or parsed, or Streamlit, which performs the sign-in,
            cannot read its table [auth].
    """
    try:
        known_to_streamlit = st.secrets.to_dict()
    except (StreamlitSecretNotFoundError, UnicodeDecodeError, OSError, RecursionError):
        tables = read_secrets_files()
        if AUTH_TABLE in tables:
            raise _unreadable_for_streamlit() from None
        return tables
    places = [Path(place) for place in st.get_option("secrets.files")]
    if any(place.suffix != ".toml" for place in places):
        return known_to_streamlit
    return read_secrets_files(places) or known_to_streamlit


def server_problem() -> UnreadableSecretsError | None:
    """Return why Streamlit answers no request: it fails itself at a file that it cannot decode or open."""
    try:
        st.secrets.load_if_toml_exists()
    except (UnicodeDecodeError, OSError, RecursionError):
        try:
            read_secrets_files()
        except UnreadableSecretsError as problem:
            return problem
        return _unreadable_for_streamlit()
    return None


def _unreadable_for_streamlit() -> UnreadableSecretsError:
    marked = next((file for file in secrets_files() if starts_with_bom(file)), None)
    if marked:
        return UnreadableSecretsError(
            f"{marked} begins with a byte-order mark, with which sign-in does not work.",
            remedy="Save the file without BOM: in Notepad, choose the encoding UTF-8.",
        )
    return UnreadableSecretsError(
        "Streamlit cannot read a secrets file, so sign-in does not work.", remedy="See the server's log for the reason."
    )
