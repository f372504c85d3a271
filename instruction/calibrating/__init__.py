"""Calibration: one lesson, several observers, blind."""
