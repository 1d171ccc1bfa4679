"""Alerts, messages and deliveries in the store."""
