"""The files of a SQLite store: damage and backups of upgrades, and who else can open them."""
