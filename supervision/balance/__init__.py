"""Balancing caseloads and the need index: arrays and small dataclasses in and out, no Django."""
