"""One report model, and the files it is written to; tables and CSV of what pages show."""
