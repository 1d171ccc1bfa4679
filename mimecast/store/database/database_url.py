"""The URL of a store: its parts, what it may name, and how it is shown."""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from mimecast.store.database.postgresql import POSTGRESQL
from mimecast.store.database.sqlite import SQLITE
from mimecast.store.errors import StoreError

EXAMPLE_URL: Final = "sqlite:///data/snapshots.db"
URL_REMEDY: Final = f"Write one like {EXAMPLE_URL} or postgresql://USER:PASSWORD@HOST/DATABASE."


def parse_url(url: str) -> URL:
    """Return the parts of a store's URL.

    Raises StoreError when the text is not a URL, or names a database that cannot be used here.
    """
    try:
        parsed = make_url(url)
        is_known = parsed.get_backend_name() in (SQLITE, POSTGRESQL)
        if is_known:
            parsed.get_dialect().import_dbapi()
        (parsed.host or "").encode("idna")
    except (NoSuchModuleError, ImportError):
        is_known = False
    except (ArgumentError, ValueError):
        raise StoreError("The store's URL cannot be read.", remedy=URL_REMEDY) from None
    if not is_known:
        raise StoreError(
            f"The store's URL names a kind of database that is not installed here: {parsed.drivername}.",
            remedy="PostgreSQL needs pip install -r requirements-postgres.txt and a URL that begins with "
            f"postgresql://. Or use {EXAMPLE_URL}.",
        )
    if parsed.get_backend_name() == POSTGRESQL and "@" in f"{parsed.host}{parsed.database}":
        raise StoreError(
            "The store's URL contains more than one @.", remedy="Write an @ in a user name or a password as %40."
        )
    return parsed


def display_url(url: URL) -> str:
    """Return the URL without the password, and without its query, which may contain one too."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()
