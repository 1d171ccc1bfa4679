"""The verbs of the command line, one module each: `declare` adds its options, `run` does it and reports."""
