"""Page state in the URL."""
