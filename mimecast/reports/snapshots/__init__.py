"""Files of snapshots: written by `export`, read by `import`."""
