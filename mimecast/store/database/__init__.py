"""The database under the store: engine, tables, migrations, queries, and recovery from damage."""
