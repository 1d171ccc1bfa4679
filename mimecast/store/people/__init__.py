"""People data in the store: departments, component grades and the intervals of pseudonyms. No names, no addresses."""
