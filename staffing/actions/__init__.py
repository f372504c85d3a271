"""The write side of staffing: one function for each thing HR does."""

from staffing.actions.positions import add_position, fill_position, vacate_position
from staffing.actions.roster import FromRoster, positions_from_assignments

__all__ = ["FromRoster", "add_position", "fill_position", "positions_from_assignments", "vacate_position"]
