"""A local server that speaks Mimecast's API strictly, and the made-up company behind it."""
