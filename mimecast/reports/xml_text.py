"""Text that XML can hold, for slides and workbooks."""

from __future__ import annotations

import re
from typing import Final

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Line breaks, and control characters, most of which XML 1.0 cannot hold."""

NOT_XML: Final = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
"""Halves of surrogate pairs and non-characters, which XML 1.0 cannot hold."""


def xml_text(text: str) -> str:
    """Return text with a space for each line break and control character, without other characters XML cannot hold."""
    return NOT_XML.sub("", CONTROL.sub(" ", text))
