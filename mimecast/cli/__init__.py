"""Command line, one module per command: `add_parser` declares its arguments, `run` executes it."""
