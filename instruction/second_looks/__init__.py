"""Second looks at low cells, and what came of them."""
