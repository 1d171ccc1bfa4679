"""Commands that work on the whole store: `backup`, `restore`, `rename`, `remove`, `copy`."""
