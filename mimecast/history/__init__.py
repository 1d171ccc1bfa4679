"""Snapshots kept: the store, the timeline made of it, and comparisons between two days."""
