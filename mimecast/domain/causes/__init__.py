"""What explains a turn of the trend or makes it unusable: implausible answers, restarts, reference lines, campaigns."""
