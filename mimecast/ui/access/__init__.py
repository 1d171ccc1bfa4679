"""Who may see a page."""
