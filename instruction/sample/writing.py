"""Write observations with their ratings in bulk."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from instruction.models import (
    Element,
    FrameworkVersion,
    Observation,
    ObservationKind,
    Rating,
    SchoolTarget,
    Target,
)
from schools.sample.plan_places import Ints
from schools.sample.write import NULL, day_text, reserve, uids, write

_KINDS = [
    ObservationKind.FORMAL.value,
    ObservationKind.INFORMAL.value,
    ObservationKind.WALKTHROUGH.value,
    ObservationKind.CALIBRATION.value,
]
_OBSERVATION = (
    "id uid version_id observer_id observed_id school_id video_id observed_on school_year kind purpose role"
    " is_cross_school"
)


def set_targets(version: FrameworkVersion, targets: dict[str, float], *, year: int, level: str = "") -> None:
    """Write the targets of a year, by element code; the sample's jobs are asked for once all of it is there."""
    elements = {element.code: element for element in Element.objects.filter(framework=version.framework_id)}
    Target.objects.bulk_create(
        Target(element=elements[code], school_year=year, level=level, value=Decimal(f"{value:.2f}"))
        for code, value in targets.items()
    )


def set_school_targets(
    version: FrameworkVersion, targets: dict[tuple[int, str], float], *, year: int
) -> None:
    """Write the targets of school improvement plans, by school and element code."""
    elements = {element.code: element for element in Element.objects.filter(framework=version.framework_id)}
    SchoolTarget.objects.bulk_create(
        SchoolTarget(
            school_id=school, element=elements[code], school_year=year, value=Decimal(f"{value:.2f}")
        )
        for (school, code), value in targets.items()
    )


def write_observations(
    version: FrameworkVersion,
    columns: dict[str, list[Any]],
    *,
    role: str,
    rng: np.random.Generator,
    today: int,
) -> Ints:
    """Write observations and return their ids.

    columns: rater, observed, school, video (database ids, None where there is none), day (ordinal), year,
    kind (place in _KINDS), evaluative, cross_school.
    """
    ids = reserve(Observation, len(columns["rater"]))
    made = uids(len(ids), rng, today)
    days = {day: day_text(day) for day in set(columns["day"])}
    names = ("rater", "observed", "school", "video", "day", "year", "kind", "evaluative", "cross_school")
    rows = (
        f"{pk}\t{uid}\t{version.pk}\t{rater}\t{observed or NULL}\t{school or NULL}\t{video or NULL}\t{days[day]}"
        f"\t{year}\t{_KINDS[kind]}\t{'evaluative' if evaluative else 'formative'}\t{role if observed else ''}"
        f"\t{'t' if cross else 'f'}"
        for pk, uid, rater, observed, school, video, day, year, kind, evaluative, cross in zip(
            ids.tolist(), made, *(columns[name] for name in names), strict=True
        )
    )
    write(Observation, _OBSERVATION, rows)
    return ids


def write_ratings(
    ids: Ints,
    elements: list[int],
    levels: npt.NDArray[np.int8],
    rated: npt.NDArray[np.bool_],
    phrases: list[list[str]],
    rng: np.random.Generator,
) -> int:
    """Write the levels of what was rated, and return how many; about three in ten carry evidence.

    levels, rated: (observations, E); elements: ids of the E element versions; phrases: of each element.
    """
    return write(
        Rating,
        "observation_id element_version_id level evidence",
        _ratings(ids, elements, levels, rated, phrases, rng),
    )


def _ratings(
    ids: Ints,
    elements: list[int],
    levels: npt.NDArray[np.int8],
    rated: npt.NDArray[np.bool_],
    phrases: list[list[str]],
    rng: np.random.Generator,
) -> Iterator[str]:
    # A phrase for every place of a long enough list to pick from; most are empty.
    texts = [[*given, *[""] * (len(given) * 7 // 3)] for given in phrases]
    step = 10_000
    for start in range(0, len(ids), step):
        at, element = np.nonzero(rated[start : start + step])
        level = levels[start : start + step][at, element].tolist()
        pick = rng.integers(0, 1 << 30, len(at)).tolist()
        for pk, e, given, choice in zip(ids[start + at].tolist(), element.tolist(), level, pick, strict=True):
            text = texts[e][choice % len(texts[e])] if texts[e] else ""
            yield f"{pk}\t{elements[e]}\t{given}\t{text}"
