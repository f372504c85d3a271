"""Why ratings were left out of a snapshot, in words for the page that says how it is computed."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from instruction.capacity.rules import DEFAULT_RULES
from instruction.snapshots.rated import LeftOut

_WORDS = {
    LeftOut.OTHER_SCALE: _("given with a version of the framework that has another number of levels"),
    LeftOut.OTHER_ELEMENT: _(
        "of elements that the framework in force, or their observation's version of it, does not have"
    ),
    LeftOut.OFF_SCALE: _("off the framework's scale"),
    LeftOut.NO_TEACHER: _("of people who were no teachers on the day"),
    LeftOut.LATER: _("made after the day of this snapshot"),
    LeftOut.REPEATED: _("sent twice: same observer, teacher, day and levels; counted once"),
}


def left_out_lines(counts: Mapping[str, int]) -> list[tuple[str | Promise, int | None]]:
    """Return each reason with the number of ratings it left out; None for fewer than 5."""
    few = DEFAULT_RULES.min_teachers
    return [
        (words, counts[reason] if counts[reason] >= few else None)
        for reason, words in _WORDS.items()
        if counts.get(reason)
    ]
