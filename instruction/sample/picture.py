"""What the sample district looks like: which elements are strong, which rarely rated, and what it aims at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ElementPicture:
    """shift: how far teaching lies above the middle of all elements, in points; target: for this year, on the
    level scale; rated: how often a full observation rates it; on_video: whether a recorded lesson shows it.
    """

    shift: float
    target: float
    rated: float = 0.95
    on_video: bool = True


# What students do and say is rarer than order and kindness, as observers of many districts report.
PICTURE = {
    "reasoning": ElementPicture(-0.25, 2.50),
    "talk": ElementPicture(-0.15, 2.50),
    "task": ElementPicture(-0.20, 2.50),
    "ownership": ElementPicture(-0.30, 2.25),
    "questions": ElementPicture(-0.05, 2.50),
    "response": ElementPicture(-0.10, 2.50),
    "content": ElementPicture(0.15, 2.75),
    "purpose": ElementPicture(0.10, 2.75),
    "access": ElementPicture(-0.05, 2.75),
    "belonging": ElementPicture(0.25, 2.75),
    "time": ElementPicture(0.35, 3.00),
    # Seldom seen in a lesson, so seldom rated.
    "colleagues": ElementPicture(0.05, 2.50, rated=0.2, on_video=False),
}
LEADERSHIP_TARGET = 3.0
# What the strategic plan aims at for one level of schools alone.
LEVEL_TARGETS = {"high": {"talk": 2.25, "ownership": 2.00}, "elementary": {"belonging": 3.00}}
# What every third school's improvement plan names, and how far above the strategic plan, in points.
SCHOOL_TARGETS = ("reasoning", "talk", "response")
SCHOOL_RISE = (-0.1, 0.0, 0.1, 0.25)
RISE = 0.1
"""How much higher this year's targets are than last year's, in points."""
