"""Step: the next version of a sample district's teaching framework, as a draft with a crosswalk."""

from dataclasses import replace

from instruction.defining.actions import begin_draft, copied
from instruction.models import FrameworkKind, FrameworkVersion, VersionState
from schools.sample.sample import Sample

RENAMED = "talk-builds"


def load_draft(sample: Sample) -> int:
    """Begin next year's version: one element has a new code and carries its ratings; return the number of elements."""
    version = FrameworkVersion.objects.filter(
        framework__kind=FrameworkKind.TEACHING, state=VersionState.PUBLISHED
    ).latest("first_school_year")
    held = copied(version, "2")
    dimensions = {
        name: tuple(
            replace(one, code=RENAMED, name="Talk that builds on talk", carries=("talk",))
            if one.code == "talk"
            else one
            for one in elements
        )
        for name, elements in held.dimensions.items()
    }
    draft = begin_draft(
        definition=replace(held, dimensions=dimensions, first_school_year=sample.calendar.year + 1),
        by=None,
        source="copy",
    )
    return draft.elements.count()
