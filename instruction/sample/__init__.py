"""Instruction's part of a sample district: its frameworks, targets, and observations with known truth."""
