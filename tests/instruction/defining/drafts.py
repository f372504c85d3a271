"""Drafts for tests: a copy of the small district's framework, complete and with its elements' codes."""

from dataclasses import replace

from alignment_dash import schoolyear
from instruction.defining.actions import begin_draft, copied
from instruction.models import FrameworkVersion
from tests.factories import SmallDistrict


def draft_of(district: SmallDistrict, label: str = "2", **changes: object) -> FrameworkVersion:
    """Return a draft copied from the framework in force, for next year unless `first_school_year` says otherwise."""
    definition = copied(district.version, label)
    return begin_draft(definition=replace(definition, **changes), by=None)


def renamed(
    district: SmallDistrict, codes: dict[str, str], *, carries: bool, **changes: object
) -> FrameworkVersion:
    """Return a draft in which elements have other codes and, if wanted, carry what they had; two may become one."""
    definition = copied(district.version, "2")
    dimensions: dict[str, tuple] = {}
    made: set[str] = set()
    for name, elements in definition.dimensions.items():
        row = []
        for one in elements:
            code = codes.get(one.code, one.code)
            if code in made:
                continue
            made.add(code)
            earlier = tuple(sorted(old for old, new in codes.items() if new == code and old != code))
            row.append(replace(one, code=code, carries=earlier if carries else ()))
        dimensions[name] = tuple(row)
    changes = {
        "first_school_year": schoolyear.current_year(),
        "dimensions": {k: v for k, v in dimensions.items() if v},
    } | changes
    return begin_draft(definition=replace(definition, **changes), by=None)
