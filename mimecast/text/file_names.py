"""What files about the numbers are called, those of pages, commands and notifications alike."""

from __future__ import annotations

import unicodedata
from datetime import date


def file_name_part(name: str) -> str:
    """Return a name as part of a file's name, `contoso-ag` for `Contoso AG`; empty where it has no letters or digits.

    Letters of every script are kept. It has at most 40 characters, since file systems allow about 250 bytes.
    """
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in unicodedata.normalize("NFC", name))
    return "-".join("".join(kept).lower().split())[:40].strip("-")


def file_stem(subject: str, day: date, *, account_name: str = "", account_id: str = "", is_sample: bool = False) -> str:
    """Return `safe-score-history-contoso-2026-11-24`, what every file about the numbers is called, without a suffix.

    It has the name of the account, or its id where the name has no letters, and neither where both are empty.
    """
    account = file_name_part(account_name) or account_id
    sample = "SAMPLE-DATA-" if is_sample else ""
    return f"{sample}{'-'.join(filter(None, ('safe-score', subject, account, str(day))))}"
