"""Refuse input that would give wrong figures, and say what is wrong with it."""

import numpy as np

from instruction.capacity.data import NO_ID, BoolArray, Ratings, Roster, Targets


def check_ratings(ratings: Ratings, targets: Targets) -> None:
    """Raise ValueError naming the first fault: lengths, nan, levels off the scale, ages, ids."""
    n = len(ratings.level)
    for name in ("observation", "rater", "teacher", "school", "video", "element", "age", "external", "day"):
        if len(getattr(ratings, name)) != n:
            raise ValueError(f"ratings.{name} has {len(getattr(ratings, name))} entries, level has {n}")
    level = ratings.level
    _refuse(np.isnan(level), "have no level (nan)")
    low, high = targets.scale_min, targets.scale_max
    _refuse((level < low) | (level > high), f"have a level outside the scale {low:g} to {high:g}")
    _refuse(~np.isfinite(ratings.age) | (ratings.age < 0), "have a negative or missing age")
    lesson, video = ratings.teacher != NO_ID, ratings.video != NO_ID
    _refuse(lesson == video, "must have either a teacher or a video")
    _refuse(lesson & (ratings.school == NO_ID), "have a teacher but no school")


def check_targets(roster: Roster, targets: Targets) -> None:
    """Raise ValueError when ids repeat, the target table has another shape, or the scale is empty."""
    shape = (len(targets.schools), len(targets.elements))
    if targets.target.shape != shape:
        raise ValueError(f"targets.target has shape {targets.target.shape}, expected {shape}")
    if len(targets.groups) and targets.groups.shape[1] != len(targets.schools):
        raise ValueError(f"targets.groups has {targets.groups.shape[1]} columns, not {len(targets.schools)}")
    for name in ("schools", "elements"):
        ids = getattr(targets, name)
        if len(np.unique(ids)) != len(ids):
            raise ValueError(f"targets.{name} names an id twice")
    if not targets.scale_min < targets.scale_max:
        raise ValueError("targets.scale_max must be above targets.scale_min")
    if len(roster.teacher) != len(roster.school):
        raise ValueError(f"roster has {len(roster.teacher)} teachers but {len(roster.school)} schools")


def _refuse(bad: BoolArray, what: str) -> None:
    if bad.any():
        raise ValueError(f"{int(bad.sum())} ratings {what}; the first is row {int(np.argmax(bad))}")
