"""A draft of the next version of the small district's framework."""

from instruction.models import (
    Dimension,
    ElementVersion,
    FrameworkVersion,
    LevelDescriptor,
)
from tests import factories
from tests.factories import SmallDistrict


def draft(district: SmallDistrict) -> FrameworkVersion:
    """Make a draft with the same elements under another label; there is one."""
    version, made = FrameworkVersion.objects.get_or_create(
        framework=district.version.framework,
        label="2 draft",
        defaults={"first_school_year": factories.year() + 1, "level_names": district.version.level_names},
    )
    if not made:
        return version
    dimension = Dimension.objects.create(version=version, name="All", place=1)
    for one in district.version.elements.order_by("place"):
        worded = ElementVersion.objects.create(
            version=version, element_id=one.element_id, dimension=dimension, name=one.name, place=one.place,
            proximity=one.proximity,
        )  # fmt: skip
        for level in (1, 2, 3, 4):
            LevelDescriptor.objects.create(element_version=worded, level=level, text=f"Draft level {level}.")
    return version
