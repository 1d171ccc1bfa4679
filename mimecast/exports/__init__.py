"""Files out of the history, and back in."""
