"""Step: second looks of a sample district, at schools where teaching is weakest."""

from datetime import date, timedelta

import numpy as np

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from instruction.models import Element, FrameworkKind, SecondLook
from schools.sample.sample import Sample

_LOOKS = (
    (
        "talk",
        "Half of the lessons have whole-class answers only; in the other half pairs talk well and nobody draws on it.",
        "Teams plan questions, not what students do with them.",
        "Plan the turn from pairs to the whole class in team meetings that exist already.",
        "Two teams now script that turn; visits in November heard it in four of six lessons.",
    ),
    (
        "task",
        "Tasks of one publisher ask for one step; teachers who write their own ask for reasons.",
        "The materials, more than the teaching.",
        "Swap the unit openers with those of the neighboring school.",
        "",
    ),
    (
        "reasoning",
        "New teachers and long-serving ones look the same in the figure and need different things.",
        "No time to see each other teach.",
        "Release one period a week for visits in pairs.",
        "",
    ),
)


def load_looks(sample: Sample) -> int:
    """Record second looks at the weakest fifth of schools; return how many. None without anyone from C&I."""
    by = User.objects.filter(role_grants__role=Role.CI_ADMINISTRATOR).order_by("pk").first()
    if by is None:
        return 0
    elements = dict(Element.objects.filter(framework__kind=FrameworkKind.TEACHING).values_list("code", "pk"))
    weakest = np.argsort(sample.places.strength)[: max(1, len(sample.schools) // 5)]
    today = date.fromordinal(sample.calendar.today)
    looks = []
    for number, place in enumerate(weakest.tolist()):
        code, found, hypothesis, leverage, outcome = _LOOKS[number % len(_LOOKS)]
        looks.append(
            SecondLook(
                school_id=int(sample.schools[place]), element_id=elements[code], school_year=sample.calendar.year,
                looked_on=today - timedelta(days=40), found=found, hypothesis=hypothesis, leverage=leverage, by=by,
                outcome=outcome, outcome_on=today - timedelta(days=5) if outcome else None,
                outcome_by=by if outcome else None,
            )
        )  # fmt: skip
    SecondLook.objects.bulk_create(looks)
    return len(looks)
