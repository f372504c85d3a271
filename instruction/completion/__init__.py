"""Who was observed as often as expected, and how observations are written."""
