"""Errors about people data in the store."""

from __future__ import annotations

from mimecast.problem import Problem


class KeyChanged(Problem):
    """The stored pseudonyms were made with another key."""

    title = "The pseudonym key has changed"
    remedy = (
        "Put the former pseudonym_key back into [dashboard], or delete the stored people data with "
        "python -m mimecast people forget; with another key, every user would look like a new one."
    )


class MadeUpPeople(Problem):
    """The sandbox sent a list of users for an account that already has a list from Mimecast."""

    title = "The list of users is made up"
    remedy = "Set base_url to Mimecast's address; the sandbox's list was not stored."


def key_changed(account: str) -> KeyChanged:
    """Return the problem of an account whose stored pseudonyms were made with another key."""
    return KeyChanged(f"pseudonym_key is not the key behind the stored pseudonyms of {account}.")
