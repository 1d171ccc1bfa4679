"""Mimecast's API: signing, asking, reading the answer, and what can go wrong. Pure HTTP and parsing."""
