"""Data frames behind the tables of pages, and the CSV files of exactly those tables."""
