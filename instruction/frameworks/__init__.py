"""Frameworks kept as reviewed files, and what turns such a file into a published version."""
