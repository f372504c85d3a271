"""What may be worth another look in a version, in words: for its page, and as advice before it is published."""

from itertools import groupby

from django.db.models import Prefetch

from alignment_dash.schoolyear import current_year
from instruction.consulting.focus import focus_of
from instruction.consulting.review_words import Told, tell
from instruction.frameworks.review import ReviewedElement, ReviewedFramework, review
from instruction.models import ElementVersion, FrameworkVersion, LevelDescriptor

Groups = list[tuple[ElementVersion | None, list[Told]]]


def findings_of(version: FrameworkVersion) -> tuple[Groups, int]:
    """Return the findings by element (None: the framework as a whole), and the number of elements; four queries."""
    worded = _worded(version)
    names = dict(enumerate(version.level_names, start=1))
    by_code = {one.element.code: one for one in worded}
    groups = [
        (by_code.get(code), [tell(one, names) for one in found])
        for code, found in groupby(review(reviewed(version, worded)), key=lambda one: one.element)
    ]
    return groups, len(worded)


def _worded(version: FrameworkVersion) -> list[ElementVersion]:
    found = version.elements.select_related("element", "dimension").prefetch_related(
        Prefetch("descriptors", LevelDescriptor.objects.order_by("level"))
    )
    return list(found.order_by("dimension__place", "place"))


def reviewed(version: FrameworkVersion, worded: list[ElementVersion]) -> ReviewedFramework:
    """Return a version as the review reads it: with this year's focus, or the year's that it begins in."""
    focus = focus_of(version, max(version.first_school_year, current_year()))
    in_focus = {line.wording.pk for line in focus.district}
    return ReviewedFramework(
        version.framework.kind,
        tuple(
            ReviewedElement(
                code=one.element.code,
                name=one.name,
                description=one.description,
                proximity=one.proximity,
                levels=_levels(one, len(version.level_names)),
                is_focus=one.pk in in_focus,
                for_some=bool(one.levels or one.subjects or one.roles),
                competencies=tuple(one.competencies),
            )
            for one in worded
        ),
    )


def _levels(one: ElementVersion, n_levels: int) -> tuple[str, ...]:
    held = {each.level: each.text for each in one.descriptors.all()}
    return tuple(held.get(level, "") for level in range(1, n_levels + 1))
