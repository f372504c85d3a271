"""Which earlier elements' ratings count as ratings of an element of a version: its crosswalk, and those before it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Q

from instruction.capacity.data import FloatArray, IntArray
from instruction.models import ElementOrigin, ElementVersion, FrameworkVersion, VersionState

Carried = Mapping[int, int]  # an earlier element -> the element of the version that carries its ratings


@dataclass(frozen=True, slots=True)
class Step:
    """A version in its place: its own elements, and what its crosswalk carries."""

    own: Collection[int]
    carries: Carried


def carried(version: FrameworkVersion) -> dict[int, int]:
    """Return which earlier elements the elements of a version carry the ratings of; one query, two where any does.

    Crosswalks of all published versions up to this one are followed one after the other, so that an element renamed
    twice is found. What is still in the version keeps its ratings to itself, and an element that was never worded for
    as many levels as the version has none to carry: its ratings are on another scale.
    """
    known = Q(version__framework=version.framework_id) & (
        ~Q(version__state=VersionState.DRAFT) | Q(version=version)
    )
    held: dict[int, dict[int, int]] = {}
    for pk, earlier, element in ElementOrigin.objects.filter(known, carries=True).values_list(
        "version_id", "earlier_id", "element_id"
    ):
        held.setdefault(pk, {})[earlier] = element
    if not held:
        return {}
    own: dict[tuple[int, bool, float, int], set[int]] = {}
    same_scale = set()
    rows = ElementVersion.objects.filter(known).values_list(
        "version__first_school_year",
        "version__published_at",
        "version_id",
        "element_id",
        "version__level_names__len",
    )
    for year, at, pk, element, n_levels in rows.order_by():
        own.setdefault(_place(year, at, pk), set()).add(element)
        if n_levels == len(version.level_names):
            same_scale.add(element)
    last = _place(version.first_school_year, version.published_at, version.pk)
    steps = [Step(own[place], held.get(place[-1], {})) for place in sorted(own) if place <= last]
    found = followed(steps, own.get(last, ()))
    return {earlier: now for earlier, now in found.items() if earlier in same_scale}


def _place(year: int, at: datetime | None, pk: int) -> tuple[int, bool, float, int]:
    """Return where a version stands among those of its framework; a draft comes last in its year."""
    return year, at is None, at.timestamp() if at else 0.0, pk


def followed(steps: Iterable[Step], elements: Collection[int]) -> dict[int, int]:
    """Follow each earlier element through the steps, the oldest first, and keep those that end in `elements`.

    One that is in a version again has its ratings for itself from there on, whatever carried them before.
    """
    in_order = list(steps)
    found: dict[int, int] = {}
    for earlier in {one for step in in_order for one in step.carries}.difference(elements):
        now = earlier
        for step in in_order:
            now = earlier if earlier in step.own else step.carries.get(now, now)
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
