"""What explains a turn of the trend or makes it unusable, in the store."""
