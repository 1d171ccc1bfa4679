"""What `export` writes: one table in three formats."""
