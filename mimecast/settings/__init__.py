"""Settings from secrets.toml and the environment, validated."""
