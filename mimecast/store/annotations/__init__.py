"""Notes and targets in the store."""
