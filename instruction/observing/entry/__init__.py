"""The page on which an observation is begun and written, with scripts and without."""
