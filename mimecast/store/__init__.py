"""The store: snapshots and everything kept beside them, in SQLite or PostgreSQL."""
