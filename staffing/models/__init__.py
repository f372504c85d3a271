"""HR's own rows: the positions a district budgets for, and who holds each of them when."""

from staffing.models.positions import Incumbency, JobClass, Position

__all__ = ["Incumbency", "JobClass", "Position"]
