"""Whether a caseload has room for what would come into it: limits hold when moves are accepted, in true numbers."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import ngettext

from schools.names import name_of
from supervision.balancing.picture import Picture


def too_full(found: Picture, moved: Mapping[UUID, int]) -> list[str]:
    """Say of each caseload that `moved` (unit's uid -> supervisor) takes above its most.

    One that is above it already and does not grow is none of them.
    """
    before, after = found.loads(), found.loads(moved)
    said = []
    for pk, person in found.supervisors.items():
        limit, count = found.limits_of(pk).most, after[pk].count
        if count > limit and count > before[pk].count:
            words = ngettext(
                "{name} would have {n} principal, and the limit is {most}.",
                "{name} would have {n} principals, and the limit is {most}.",
                count,
            )
            said.append(words.format(name=name_of(person), n=count, most=limit))
    return sorted(said)
