"""Mimecast's HTTP API: signing, tokens, transport, retries, response parsing and errors."""
