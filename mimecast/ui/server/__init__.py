"""The server around the pages: headers, start-up, and what is sent before a page runs."""
