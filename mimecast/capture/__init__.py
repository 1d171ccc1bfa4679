"""Captures: of one account, of all accounts, behind a page, by a scheduler; and diagnostics of the connection."""
