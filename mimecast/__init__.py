"""Mimecast SAFE Score grades: captured, stored, and shown over time.

Imports point downwards: `domain` knows nothing of the rest; `api`, `text` and `store` use it; `settings`, `charts` and
`capture` build on those; `reports` and `sandbox` follow; `ui`, the pages and `cli` are on top. `problem`, `formatting`
and `files` are leaves that everything may import, and `palette` has the colours. tests/test_architecture.py has the
table.
"""
