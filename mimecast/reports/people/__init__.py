"""Tables of departments and movement in files."""
