"""From which width on the words of a page's head stand in one line; below it the main navigation is in the menu."""

from collections.abc import Sequence

# In rem, as static/css/components/top.css has them. Below the first the head is a phone's.
STEPS = (52, 60, 64, 72, 80, 96, 120)
# As measured with the widest of the fonts it may have: a letter of the district and the navigation, one of the name.
LETTER, SMALL_LETTER = 0.5, 0.4
# What is between two links, and all that is always there: edges, school years, notices with a count.
GAP, REST = 1.0, 22.8
# From here on "School year" stands before the years.
LABELED, LABEL = 96, 5.0


def row_from(district: str, labels: Sequence[str], name: str) -> int:
    """Return the first of STEPS at which it all has room, the last where none is wide enough.

    Example by hand: 20 letters of a district, links of 10, 10 and 10, and a name of 10 take 10 + 15 + 2 + 4 + 22.8 =
    53.8, so 60.
    """
    letters = len(district) + sum(len(label) for label in labels)
    need = LETTER * letters + SMALL_LETTER * len(name) + GAP * max(0, len(labels) - 1) + REST
    return next((step for step in STEPS if need + (LABEL if step >= LABELED else 0) <= step), STEPS[-1])
