"""Checks of what no linter reads: the pages' templates and the documents. `make check` runs them."""
