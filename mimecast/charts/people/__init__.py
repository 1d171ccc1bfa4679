"""Charts of departments and component grades."""
