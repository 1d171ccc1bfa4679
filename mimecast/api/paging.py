"""Paged listings of the API: `meta.pagination` with `pageSize`, `pageToken` and `next`.

Evidence: Mimecast's documentation of paged endpoints and working clients. A response without `meta` or `pagination` is
the only page; `next` is absent or empty on the last one. The token of a page holds for the next request only, so pages
are requested one after the other, each with its own signature, retries and rate limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mimecast.api.client import Client
from mimecast.api.errors import ResponseUnreadable
from mimecast.api.response import describe_json, is_from_sandbox, open_envelope
from mimecast.api.transport import Response

PAGE_ROWS: Final = 500
"""Rows to ask for in a page: what Mimecast's own connector for Microsoft Sentinel asks for."""

MAX_PAGES: Final = 20_000
"""Pages after which a listing is taken to be endless."""

MAX_PAGE_BYTES: Final = 64 << 20
"""Bytes of one page: enough for 100,000 users in a response without pages."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: The entries of `data`, unchecked. They may be personal data, so the repr leaves them out.
        is_from_sandbox: Whether our own sandbox sent the page.
    """

    rows: list[Any]
    is_from_sandbox: bool = False

    def __repr__(self) -> str:
        return f"Page({len(self.rows)} rows)"


def pages(
    client: Client, path: str, *, data: list[Mapping[str, object]] | None = None, page_rows: int = PAGE_ROWS
) -> Iterator[Page]:
    """Yield the pages of a listing, each as soon as it has arrived.

    Args:
        client: The account's client.
        path: The path of the endpoint.
        data: The `data` of each request; by default an empty list.
        page_rows: Rows to ask for in a page.

    Raises:
        MimecastError: A page could not be requested, or (`ResponseUnreadable`) its `data` is not a list, or the tokens
            lead in a circle.
    """
    seen: set[str] = set()
    token = ""
    for _ in range(MAX_PAGES):
        pagination: dict[str, object] = {"pageSize": page_rows} | ({"pageToken": token} if token else {})
        body = {"meta": {"pagination": pagination}, "data": data or []}
        page, token = client.request(path, body, _parse_page, max_bytes=MAX_PAGE_BYTES)
        yield page
        if not token:
            return
        if token in seen:
            raise ResponseUnreadable("Mimecast's answer points to a next page that was already sent.")
        seen.add(token)
    raise ResponseUnreadable(f"Mimecast's answer goes on for more than {MAX_PAGES:,} pages.")


def paged_rows(client: Client, path: str, *, data: list[Mapping[str, object]] | None = None) -> Iterator[Any]:
    """Yield the entries of `data` on all pages of a listing, as `pages` requests them."""
    for page in pages(client, path, data=data):
        yield from page.rows


def _parse_page(response: Response, request_id: str | None) -> tuple[Page, str]:
    """Return a page and the token of the next one, empty after the last."""
    envelope = open_envelope(response)
    rows = envelope.get("data")
    if not isinstance(rows, list):
        raise ResponseUnreadable(f"data in Mimecast's answer is {describe_json(rows)}; a list is expected.")
    meta = envelope.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    token = pagination.get("next") if isinstance(pagination, dict) else None
    if token is not None and not isinstance(token, str):
        raise ResponseUnreadable(f"The next page's token in Mimecast's answer is {describe_json(token)}.")
    return Page(rows, is_from_sandbox(response.headers)), token or ""
