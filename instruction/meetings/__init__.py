"""The monthly meeting: its pack, and what it decides."""
