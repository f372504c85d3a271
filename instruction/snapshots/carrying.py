"""Which earlier elements' ratings count as ratings of an element of a version: its crosswalk, and those before it."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from django.db.models import Q

from instruction.capacity.data import FloatArray, IntArray
from instruction.models import ElementOrigin, FrameworkVersion, VersionState

Carried = Mapping[int, int]  # an earlier element -> the element of the version that carries its ratings


def carried(version: FrameworkVersion) -> dict[int, int]:
    """Return which earlier elements the elements of a version carry the ratings of; one query, two where any does.

    Crosswalks of all published versions up to this one are followed one after the other, so that an element renamed
    twice is found. What is still in the version keeps its ratings to itself.
    """
    rows = (
        ElementOrigin.objects.filter(carries=True, version__framework=version.framework_id)
        .filter(~Q(version__state=VersionState.DRAFT) | Q(version=version))
        .values_list(
            "version__first_school_year", "version__published_at", "version_id", "earlier_id", "element_id"
        )
    )
    steps: dict[tuple[int, bool, float, int], dict[int, int]] = {}
    for year, published_at, pk, earlier, element in rows:
        place = (year, published_at is None, published_at.timestamp() if published_at else 0.0, pk)
        steps.setdefault(place, {})[earlier] = element
    if not steps:
        return {}
    at = version.published_at
    last = (version.first_school_year, at is None, at.timestamp() if at else 0.0, version.pk)
    elements = set(version.elements.values_list("element_id", flat=True))
    return followed((steps[place] for place in sorted(steps) if place <= last), elements)


def followed(steps: Iterable[Carried], elements: Collection[int]) -> dict[int, int]:
    """Follow each earlier element through the steps, the oldest first, and keep those that end in `elements`."""
    in_order = list(steps)
    found: dict[int, int] = {}
    for earlier in {one for step in in_order for one in step}.difference(elements):
        now = earlier
        for step in in_order:
            now = step.get(now, now)
        if now in elements:
            found[earlier] = now
    return found


def as_carried(element: IntArray, carries: Carried) -> IntArray:
    """Return the ids with those of earlier elements replaced by what carries them."""
    if not carries:
        return element
    earlier = np.array(sorted(carries), dtype=np.int64)
    later = np.array([carries[int(one)] for one in earlier], dtype=np.int64)
    place = np.minimum(np.searchsorted(earlier, element), len(earlier) - 1)
    return np.where(earlier[place] == element, later[place], element)


def once_each(observation: IntArray, element: IntArray, level: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the rows to keep, one for each observation and element, and the mean level of each.

    Several earlier elements that became one were rated in the same lesson by the same observer: their mean is what
    that lesson says of the one, not several independent ratings (docs/decisions/0017-crosswalk-carries-ratings.md).
    """
    _ids, place = np.unique(element, return_inverse=True)
    key = observation * (int(place.max(initial=0)) + 1) + place
    _keys, first, group = np.unique(key, return_index=True, return_inverse=True)
    mean = np.bincount(group, weights=level) / np.bincount(group)
    order = np.argsort(first)
    return first[order], mean[order]
