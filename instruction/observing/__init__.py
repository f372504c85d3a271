"""Observations as they are written: notes, tags, levels, sharing, replies."""
