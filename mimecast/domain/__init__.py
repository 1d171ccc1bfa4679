"""Rules without I/O: scores, reporting days, timelines, comparisons, the normal range, targets and notes."""
