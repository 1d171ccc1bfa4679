"""Building blocks of pages: cards, charts, tables, and choices of dates."""
