"""What the calibration lead and observers do with exercises."""

from instruction.calibrating.actions.preparing import (
    Details,
    Reference,
    add_video,
    cancel_exercise,
    change_exercise,
    excuse,
    invite,
    make_exercise,
    open_exercise,
    set_references,
    set_standard,
)
from instruction.calibrating.actions.rating import Given, save_ratings, submit_ratings
from instruction.calibrating.actions.releasing import release_exercise
from instruction.calibrating.actions.talking import say

__all__ = [
    "Details",
    "Given",
    "Reference",
    "add_video",
    "cancel_exercise",
    "change_exercise",
    "excuse",
    "invite",
    "make_exercise",
    "open_exercise",
    "release_exercise",
    "save_ratings",
    "say",
    "set_references",
    "set_standard",
    "submit_ratings",
]
