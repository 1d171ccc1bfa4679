"""The database under the store: engine, schema, queries, and recovery from damage."""
