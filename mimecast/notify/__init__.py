"""Alerts, the digest, the heartbeat, and their delivery."""
