"""Requesting and storing snapshots: one account, all accounts, behind a page, and by a scheduler."""
