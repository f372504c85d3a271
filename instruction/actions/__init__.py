"""Writes of instruction: frameworks, and what a year aims at."""

from instruction.actions.frameworks import publish_framework
from instruction.actions.targets import (
    PlanClosed,
    Setting,
    TargetsMoved,
    change_school_targets,
    change_targets,
    set_targets,
)

__all__ = [
    "PlanClosed",
    "Setting",
    "TargetsMoved",
    "change_school_targets",
    "change_targets",
    "publish_framework",
    "set_targets",
]
