"""The command line, one module per command: `declare` adds its options, `run` does the work."""
