"""A version of a framework as it stands in the database, as a definition."""

from collections.abc import Iterable

from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.models import ElementOrigin, ElementVersion, FrameworkVersion


def definition_of(version: FrameworkVersion) -> FrameworkDefinition:
    """Return what a version says, its crosswalk included; four queries beside the version and its framework."""
    origins: dict[int, list[ElementOrigin]] = {}
    for origin in version.origins.select_related("earlier").order_by("earlier__code"):
        origins.setdefault(origin.element_id, []).append(origin)
    dimensions: dict[str, list[ElementDefinition]] = {
        one.name: [] for one in version.dimensions.order_by("place")
    }
    worded = version.elements.select_related("element", "dimension").prefetch_related("descriptors")
    for one in worded.order_by("dimension__place", "place"):
        found = element_definition(one, len(version.level_names), origins.get(one.element_id, ()))
        dimensions[one.dimension.name].append(found)
    return FrameworkDefinition(
        kind=version.framework.kind,
        name=version.framework.name,
        label=version.label,
        level_names=tuple(version.level_names),
        dimensions={name: tuple(elements) for name, elements in dimensions.items()},
        proficient_level=version.proficient_level,
        first_school_year=version.first_school_year,
    )


def element_definition(
    worded: ElementVersion, n_levels: int, origins: Iterable[ElementOrigin]
) -> ElementDefinition:
    """Return what a version says of one element; "" for a level without a descriptor."""
    texts = {one.level: one.text for one in worded.descriptors.all()}
    rows = list(origins)
    return ElementDefinition(
        code=worded.element.code,
        name=worded.name,
        description=worded.description,
        proximity=worded.proximity,
        levels=tuple(texts.get(level, "") for level in range(1, n_levels + 1)),
        focus=worded.is_focus,
        competencies=tuple(worded.competencies),
        grade_levels=tuple(worded.levels),
        subjects=tuple(worded.subjects),
        roles=tuple(worded.roles),
        carries=tuple(one.earlier.code for one in rows if one.carries),
        came_from=tuple(one.earlier.code for one in rows if not one.carries),
        origin_note=next((one.note for one in rows if one.note), ""),
    )


def draft_revision(version: FrameworkVersion) -> int:
    """Return a number that rises with every change of a draft, of its frame or of any of its elements; one query."""
    return version.revision + sum(version.elements.values_list("revision", flat=True))
