"""Local server that implements Mimecast's API, and the made-up company behind it."""
