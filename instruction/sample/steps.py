"""Steps: the frameworks of a sample district, observations of teachers and of principals."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import yaml

from instruction.actions import publish_framework
from instruction.frameworks.definition import FOLDER, read
from instruction.models import CalibrationVideo, FrameworkKind, FrameworkVersion
from instruction.sample import levels, principals, visits
from instruction.sample.picture import (
    LEADERSHIP_TARGET,
    LEVEL_TARGETS,
    PICTURE,
    RISE,
    SCHOOL_RISE,
    SCHOOL_TARGETS,
)
from instruction.sample.writing import set_school_targets, set_targets, write_observations, write_ratings
from schools.sample.plan_places import Ints
from schools.sample.plan_staff import OPEN
from schools.sample.sample import Sample
from schools.sample.write import uids


def load_frameworks(sample: Sample) -> int:
    """Publish both frameworks and set targets for last year and this one; return the number of elements.

    That for leadership is a year older: some principals have been observed by it since then.
    """
    year = sample.calendar.year
    made = 0
    for name, first in (("teaching", year - 1), ("leadership", year - 2)):
        definition = read(FOLDER / f"sample-{name}.yaml")
        at = datetime.fromordinal(sample.calendar.first_day(first)).replace(tzinfo=UTC)
        version = publish_framework(definition=definition, first_year=first, at=at, by=None)
        aims = {
            element.code: PICTURE[element.code].target if name == "teaching" else LEADERSHIP_TARGET
            for element in definition.elements
        }
        set_targets(version, aims, year=year)
        for back in range(1, year - first + 1):
            set_targets(version, {code: aim - back * RISE for code, aim in aims.items()}, year=year - back)
        if name == "teaching":
            _narrower_targets(sample, version, aims, year)
        made += len(aims)
    return made


def _narrower_targets(sample: Sample, version: FrameworkVersion, aims: dict[str, float], year: int) -> None:
    """Set targets for some levels of schools, and those of every third school's improvement plan."""
    for level, values in LEVEL_TARGETS.items():
        set_targets(version, values, year=year, level=level)
    rng = sample.rng("school targets")
    schools = sample.schools[::3].tolist()
    rise = rng.choice(SCHOOL_RISE, (len(schools), len(SCHOOL_TARGETS)))
    plans = {
        (school, code): aims[code] + rise[row, column]
        for row, school in enumerate(schools)
        for column, code in enumerate(SCHOOL_TARGETS)
    }
    set_school_targets(version, plans, year=year)


def _version(kind: str) -> FrameworkVersion:
    return FrameworkVersion.objects.get(framework__kind=kind)


def load_observations(sample: Sample) -> int:
    """Write observations of teachers and calibration videos, and keep the truth; return the number of ratings."""
    version = _version(FrameworkKind.TEACHING)
    worded = list(version.elements.select_related("element").order_by("place"))
    shown = [PICTURE[element.element.code] for element in worded]
    planned = visits.plan_visits(sample, sample.rng("visits"))
    rng = sample.rng("levels")
    shift = np.array([picture.shift for picture in shown])
    effects = levels.draw_effects(sample.places.strength, shift, len(sample.staff.names), rng)
    given = levels.draw_levels(planned, effects, rng)
    rated = levels.draw_rated(
        planned,
        np.array([picture.rated for picture in shown]),
        np.array([element.is_focus for element in worded]),
        np.array([picture.on_video for picture in shown]),
        rng,
    )
    columns = _columns(sample, planned, _videos(sample))
    recent = planned.teacher[(planned.teacher != visits.NONE) & (planned.day >= sample.calendar.this_year)]
    sample.observed = np.bincount(recent, minlength=len(sample.people))
    ids = write_observations(
        version, columns, role="teacher", rng=sample.rng("uids"), today=sample.calendar.today
    )
    _keep_truth(sample, effects, [element.element.code for element in worded], planned)
    phrases = yaml.safe_load((FOLDER / "sample-evidence.yaml").read_text())
    texts = [phrases[element.element.code] for element in worded]
    return write_ratings(ids, [element.pk for element in worded], given, rated, texts, sample.rng("evidence"))


def _videos(sample: Sample) -> Ints:
    """Create the calibration videos and return their ids."""
    made = uids(visits.VIDEOS_PER_RATER, sample.rng("video uids"), sample.calendar.today)
    videos = [
        CalibrationVideo.objects.create(uid=uid, title=f"Calibration lesson {number}")
        for number, uid in enumerate(made, start=1)
    ]
    return np.array([video.pk for video in videos])


def _columns(sample: Sample, planned: visits.Visits, videos: Ints) -> dict[str, list[Any]]:
    """Turn the plan's numbers into database ids; 0 where there is none."""

    def named(ids: Ints, at: Ints) -> list[int]:
        return np.where(at == visits.NONE, 0, ids[at]).tolist()

    this_year = planned.day >= sample.calendar.this_year
    return {
        "rater": sample.people[planned.rater].tolist(),
        "observed": named(sample.people, planned.teacher),
        "school": named(sample.schools, planned.school),
        "video": named(videos, planned.video),
        "day": planned.day.tolist(),
        "year": (sample.calendar.year - 1 + this_year).tolist(),
        "kind": planned.kind.tolist(),
        "evaluative": planned.evaluative.tolist(),
        "cross_school": planned.cross_school.tolist(),
    }


def _keep_truth(sample: Sample, effects: levels.Effects, codes: list[str], planned: visits.Visits) -> None:
    """Keep what the estimates are to be held against: of today's roster, and of everyone who rated."""
    spells = sample.staff.spells
    now = [at for at in spells.where("teacher").tolist() if spells.end[at] == OPEN]
    teacher = np.array(spells.person)[now]
    school = np.array(spells.org)[now] - sample.places.first_school
    level = effects.truth(teacher, school)
    total = np.zeros((len(sample.schools), len(codes)))
    np.add.at(total, school, level)
    raters = np.unique(planned.rater)
    sample.truth |= {
        "elements": np.array(codes),
        "schools": sample.schools,
        "capacity": total / np.bincount(school, minlength=len(sample.schools))[:, None],
        "teachers": sample.people[teacher],
        "teacher_schools": sample.schools[school],
        "teacher_level": level,
        "raters": sample.people[raters],
        "severity": -effects.leniency[raters],
        "strength": sample.places.strength,
        "tier": sample.places.tier,
    }


def load_leadership(sample: Sample) -> int:
    """Write observations of every principal; return the number of ratings."""
    version = _version(FrameworkKind.LEADERSHIP)
    elements = list(version.elements.order_by("place").values_list("pk", flat=True))
    rng = sample.rng("leadership")
    planned = principals.plan_visits(sample, rng)
    if not len(planned.day):
        return 0
    ids = write_observations(
        version,
        _columns_of_principals(sample, rng, planned),
        role="principal",
        rng=sample.rng("leadership uids"),
        today=sample.calendar.today,
    )
    quality = rng.normal(2.9, 0.4, (len(sample.schools), 1)) + rng.normal(0, 0.2, (1, len(elements)))
    strict = rng.normal(0, 0.15, len(sample.staff.supervisor))[planned.supervisor]
    noise = rng.normal(0, 0.35, (len(planned.day), len(elements)))
    below = principals.growth(sample, planned, len(elements), sample.rng("leadership growth"))
    given = np.clip(np.round(quality[planned.school] - below - strict[:, None] + noise), 1, 4).astype(np.int8)
    return write_ratings(ids, elements, given, np.ones_like(given, dtype=bool), [[] for _ in elements], rng)


def _columns_of_principals(
    sample: Sample, rng: np.random.Generator, planned: principals.Visits
) -> dict[str, list[Any]]:
    kind = rng.choice([visits.FORMAL, visits.INFORMAL], len(planned.day))
    this_year = planned.day >= sample.calendar.this_year
    last_year = planned.day >= sample.calendar.first_day(sample.calendar.year - 1)
    return {
        "rater": sample.people[np.array(sample.staff.supervisor)[planned.supervisor]].tolist(),
        "observed": sample.people[np.array(sample.staff.principal)[planned.school]].tolist(),
        "school": sample.schools[planned.school].tolist(),
        "video": [0] * len(planned.day),
        "day": planned.day.tolist(),
        "year": (sample.calendar.year - 2 + last_year + this_year).tolist(),
        "kind": kind.tolist(),
        "evaluative": (kind == visits.FORMAL).tolist(),
        "cross_school": [1] * len(planned.day),
    }
