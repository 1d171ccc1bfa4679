"""Sentences of alerts and digests."""
