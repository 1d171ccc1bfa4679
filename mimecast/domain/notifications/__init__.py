"""Rules of notifications: when an alert is due, which period a digest is about, and how long a delivery is retried."""
