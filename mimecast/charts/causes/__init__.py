"""Restarts, reference lines, campaigns and implausible answers on charts, and the chart of campaigns."""
