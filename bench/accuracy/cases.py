"""The districts of the benchmark: designs of evidence, sensitivity cases and broken assumptions."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from instruction.capacity.data import Spread
from instruction.capacity.simulate import Design, SimulatedComponents, Stress

SCHOOLS, TEACHERS_PER_SCHOOL, ELEMENTS, VIDEOS = 80, 35, 6, 16
SCHOOLS_PER_SUPERVISOR = 10
_RATER_ID, _SUPERVISOR_ID = 10_000, 90_000
_SIZES = 1  # the stream of a district's sizes; apart from what the simulator draws


class Kind(StrEnum):
    """What a case is for."""

    DESIGN = "design"  # which evidence a district collects
    SENSITIVITY = "sensitivity"  # other districts of the model's own family
    STRESS = "stress"  # districts outside of it


@dataclass(frozen=True, slots=True)
class Case:
    """A district to be drawn. `changes` are fields of Design; `parts` of its components."""

    name: str
    kind: Kind
    changes: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    n_schools: int = SCHOOLS
    supervised: bool = False
    planned: bool = False  # visits are added: by the plan, and at random

    def design(self, seed: int) -> Design:
        """The district's people of this seed; the number of teachers and raters of each school varies with it."""
        rng = np.random.default_rng([seed, _SIZES])
        sizes = np.exp(rng.normal(0.0, 0.3, self.n_schools))
        sizes = np.maximum(np.round(sizes * TEACHERS_PER_SCHOOL / np.exp(0.045)), 12).astype(np.int64)
        raters = np.repeat(
            np.arange(self.n_schools), rng.choice([1, 2, 3], self.n_schools, p=[0.3, 0.5, 0.2])
        )
        schools = np.repeat(np.arange(self.n_schools), sizes)
        design = Design(
            teacher=1 + np.arange(len(schools)),
            school_of_teacher=1 + schools,
            rater=_RATER_ID + np.arange(len(raters)),
            home_school_of_rater=1 + raters,
            elements=1 + np.arange(ELEMENTS),
            videos=1 + np.arange(VIDEOS),
            components=SimulatedComponents(**self.parts),
        )
        design = replace(design, **self.changes)
        return _supervised(design) if self.supervised else design


def _supervised(design: Design) -> Design:
    """Each ten schools have one supervisor, and nobody else visits."""
    area = (design.school_of_teacher - 1) // SCHOOLS_PER_SUPERVISOR
    areas = np.unique(area)
    return replace(
        design,
        rater=np.concatenate([design.rater, _SUPERVISOR_ID + areas]),
        home_school_of_rater=np.concatenate([design.home_school_of_rater, np.full(len(areas), -1)]),
        area_of_teacher=area,
        area_of_rater=np.concatenate([np.full(len(design.rater), -1), areas]),
    )


def _design(name: str, **changes: Any) -> Case:
    return Case(name, Kind.DESIGN, changes)


def _school(icc: float) -> dict[str, Any]:
    """The school variance at which schools differ by this share of what teachers differ by."""
    teacher = SimulatedComponents().teacher
    share = icc / (1.0 - icc)
    return {"school": Spread(teacher.general * share, teacher.specific * share)}


def _times(name: str, factor: float) -> dict[str, Any]:
    part: Spread = getattr(SimulatedComponents(), name)
    return {name: Spread(part.general * factor, part.specific * factor)}


def _sensitive(
    name: str, parts: dict[str, Any] | None = None, n_schools: int = SCHOOLS, **changes: Any
) -> Case:
    return Case(name, Kind.SENSITIVITY, changes, parts or {}, n_schools)


def _stressed(
    name: str, parts: dict[str, Any] | None = None, share_external: float = 0.05, **stress: Any
) -> Case:
    changes = {"share_external": share_external, "stress": Stress(**stress)}
    return Case(name, Kind.STRESS, changes, parts or {})


CASES: tuple[Case, ...] = (
    _design("own raters only", share_external=0.0),
    _design("1 % visits", share_external=0.01),
    _design("2 % visits", share_external=0.02),
    replace(_design("5 % visits", share_external=0.05), planned=True),
    _design("10 % visits", share_external=0.10),
    _design("20 % visits", share_external=0.20),
    replace(_design("10 % by own supervisor", share_external=0.10), supervised=True),
    _design("10 % double-scored", share_external=0.0, share_double=0.10),
    _design("8 videos", share_external=0.0, videos_per_rater=8),
    _design("16 videos", share_external=0.0, videos_per_rater=16),
    replace(_design("10 % visits, 8 videos", share_external=0.10, videos_per_rater=8), planned=True),
    _sensitive("school ICC .11", _school(0.11)),
    _sensitive("school ICC .33", _school(0.33)),
    _sensitive("severities twice as different", _times("rater", 2.0)),
    _sensitive("severities half as different", _times("rater", 0.5)),
    _sensitive("strong rating culture", _times("culture", 4.0)),
    _sensitive("86 % threes", level_shares=(0.01, 0.09, 0.86, 0.04)),
    _sensitive("1 observation a teacher", observations_mean=1.0),
    _sensitive("4 observations a teacher", observations_mean=4.0),
    _sensitive("8 schools", n_schools=8),
    _stressed("raters stretch the scale", stretch=0.2),
    _stressed("heavy tails", tails=4.0),
    _stressed("weak teachers observed more", weak_more=0.3),
    _stressed("kind to weak schools", kindness=-0.4),
    _stressed("kind to weak schools, 20 % visits", kindness=-0.4, share_external=0.20),
    _stressed("all at once", stretch=0.2, tails=4.0, weak_more=0.3, kindness=-0.4),
    _stressed("school variance a third of the prior", _times("school", 1 / 3)),
    _stressed("school variance thrice the prior", _times("school", 3.0)),
    _stressed("rater variance a third of the prior", _times("rater", 1 / 3)),
    _stressed("rater variance thrice the prior", _times("rater", 3.0)),
    _stressed("own raters give .30 more", {"home_shift": 0.30}),
    _stressed("own raters give .30 more, no visits", {"home_shift": 0.30}, share_external=0.0),
    _stressed("severity drifts within the year", drift=0.2),
    _stressed("low-scoring classes rated lower", class_bias=0.1),
)
# Sensitivity is judged with these two designs.
BASE, OWN_ONLY, BEST = "5 % visits", "own raters only", "10 % visits, 8 videos"


def chosen(names: str) -> tuple[Case, ...]:
    """Cases whose names contain one of the words between semicolons; all cases for no word."""
    words = [word.strip() for word in names.split(";") if word.strip()]
    return tuple(case for case in CASES if not words or any(word in case.name for word in words))
