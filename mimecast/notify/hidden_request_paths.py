"""Keeps the paths of URLs, which can be secret, out of logs."""

from __future__ import annotations

import logging


def hide_request_paths() -> None:
    """Switch off urllib3's messages at DEBUG, which name the path of every request."""
    logger = logging.getLogger("urllib3")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)
