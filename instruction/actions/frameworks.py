"""Writes of frameworks: publish a version."""

from datetime import datetime
from itertools import count

from django.db import transaction
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.models import User
from instruction.frameworks.definition import FrameworkDefinition
from instruction.models import (
    Dimension,
    Element,
    ElementVersion,
    Framework,
    FrameworkVersion,
    LevelDescriptor,
    VersionState,
)


@transaction.atomic
def publish_framework(
    *, definition: FrameworkDefinition, first_year: int, by: User | None, at: datetime | None = None
) -> FrameworkVersion:
    """Publish a version of a framework, in force from the school year `first_year`.

    A framework of the same kind and name gets a new version: elements keep their identity by their code, so
    ratings and targets stay with them. ValueError when the framework has a version of that label already, for a
    published version never changes.
    """
    framework, _ = Framework.objects.get_or_create(kind=definition.kind, name=definition.name)
    if framework.versions.filter(label=definition.label).exists():
        raise ValueError(
            f"{definition.name} has a version {definition.label} already. Published versions do not change:"
            " give the new one another label."
        )
    version = FrameworkVersion(
        framework=framework,
        label=definition.label,
        first_school_year=first_year,
        level_names=list(definition.level_names),
        proficient_level=definition.proficient_level,
    )
    version.full_clean()
    version.save()
    _write_elements(version, definition)
    version.state, version.published_at = VersionState.PUBLISHED, at or timezone.now()
    version.save()
    audit.record(act="framework.publish", target=version, by=by, detail={"first_year": first_year})
    return version


def _write_elements(version: FrameworkVersion, definition: FrameworkDefinition) -> None:
    places = count(1)
    for at, (name, elements) in enumerate(definition.dimensions.items(), start=1):
        dimension = Dimension.objects.create(version=version, name=name, place=at)
        for given in elements:
            element, _ = Element.objects.get_or_create(framework=version.framework, code=given.code)
            worded = ElementVersion(
                element=element,
                version=version,
                dimension=dimension,
                name=given.name,
                description=given.description,
                place=next(places),
                proximity=given.proximity,
                is_focus=given.focus,
                levels=list(given.grade_levels),
                subjects=list(given.subjects),
                competencies=list(given.competencies),
            )
            worded.full_clean()
            worded.save()
            LevelDescriptor.objects.bulk_create(
                LevelDescriptor(element_version=worded, level=level, text=text)
                for level, text in enumerate(given.levels, start=1)
            )
