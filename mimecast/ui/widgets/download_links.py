"""Links that download a file."""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import streamlit as st

from mimecast.ui.access.identity import current_user_email
from mimecast.ui.download_frames.grades import to_csv
from mimecast.ui.server.download_route import OFFERED, PATH, Download

if TYPE_CHECKING:
    import pandas as pd

_DOWNLOADS: Final = "downloads"
"""Key of the session's tokens and downloads, by the key of their link."""


def offer_csv(make_frame: Callable[[], pd.DataFrame], *, file_name: str, key: str, account: str = "") -> None:
    """Draw a link that downloads a table as CSV."""
    offer_download(
        "Download CSV", lambda: to_csv(make_frame()), file_name=file_name, mime="text/csv", key=key, account=account
    )


def offer_download(
    label: str,
    make: Callable[[], bytes],
    *,
    file_name: str,
    mime: str,
    key: str,
    account: str = "",
    disabled: bool = False,
    primary: bool = False,
) -> None:
    """Draw a link whose file is made when it is followed.

    Args:
        label: The text of the link.
        make: Returns the content. It runs on another thread, without the page, and may raise a Problem.
        file_name: The suggested name of the file.
        mime: Its media type.
        key: A name that no other link of the page has.
        account: The account's id, for the log.
        disabled: Whether there is nothing to download now.
        primary: Whether this is what most readers want.
    """
    text = f'<span class="icon" aria-hidden="true"></span>{html.escape(label)}'
    if disabled:
        st.html(f'<span class="download" aria-disabled="true">{text}</span>', width="content")
        return
    downloads: dict[str, tuple[str, Download]] = st.session_state.setdefault(_DOWNLOADS, {})
    token = downloads[key][0] if key in downloads else secrets.token_urlsafe(32)
    download = Download(make, file_name, mime, account, current_user_email())
    downloads[key] = (token, download)
    OFFERED[token] = download
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    url = "/".join(["", *filter(None, (base, PATH)), token])
    kind = "download primary" if primary else "download"
    st.html(f'<a class="{kind}" href="{url}">{text}</a>', width="content")
