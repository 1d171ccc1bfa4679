"""Credentials of an application of either generation of Mimecast's API."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Api1Keys:
    """The four keys of an API 1.0 application, left out of the repr.

    Raises:
        ValueError: The secret key is not base64. Mimecast issues it in base64 and signs with the decoded bytes.
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    app_id: str = field(repr=False)
    app_key: str = field(repr=False)

    def __post_init__(self) -> None:
        """Check the secret key."""
        if not is_base64(self.secret_key):
            raise ValueError("secret_key is not base64")


@dataclass(frozen=True, slots=True)
class Api2Keys:
    """The client id and secret of an API 2.0 application, left out of the repr."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


def is_base64(text: str) -> bool:
    """Return whether `text` is non-empty standard base64 with its padding."""
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False
