"""Mimecast SAFE Score grades: asked for, stored, drawn.

Arrows run one way: `api` and `scores` know nothing of the rest; `history` uses `scores`; `figures` use both;
`exports` use the history's data; `ui`, the pages and the command line stand on top.
"""
