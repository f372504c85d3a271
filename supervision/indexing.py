"""Our need index of every principal in a caseload, from what the job has read (docs/numbers/positions-and-caseloads.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import hypot

import numpy as np
from scipy.special import ndtr

from instruction.capacity.rules import DEFAULT_RULES
from instruction.snapshots.copying import Table
from supervision.balance.index import (
    NAMES,
    NeedIndex,
    Part,
    Parts,
    Weights,
    gaps_part,
    needs,
    size_parts,
    tenure_part,
)
from supervision.models import NeedWeights
from supervision.needs import Need
from supervision.reading import Evidence

DAYS_OF_A_YEAR = 365.25


def weights_of(held: NeedWeights | None) -> Weights:
    """Return what weighs how much; None: nobody has set weights, and the product's own hold."""
    return Weights(**{name: getattr(held, name) for name in NAMES}) if held else Weights()


def needs_from(evidence: Evidence, weights: Weights) -> dict[int, Need]:
    """Return the need of each principal (person ids) in a caseload.

    Of a principal of several schools the elements of all of them count, the teachers add up, and the school they
    came to last says how new they are. Schools too small to tell their size count as the smallest that may be told.
    """
    schools = _schools_of(evidence)
    leadership = leadership_parts(evidence.leadership)
    below = _below(evidence.cells)
    sizes = size_parts([_teachers(held, evidence) for held in schools.values()])
    parts = [
        Parts(
            leadership=leadership.get(principal),
            tenure=tenure_part(_years(principal, held, evidence)),
            gaps=gaps_part([p for school in held for p in below.get(school, ())]),
            size=size,
        )
        for (principal, held), size in zip(schools.items(), sizes, strict=True)
    ]
    found = zip(schools, parts, needs(parts, weights), strict=True)
    shared = _shared_schools(schools)
    return {
        principal: Need(
            index.value,
            index.low,
            index.high,
            **{name: part.value for name in NAMES if (part := getattr(known, name))},
            se=index.se,
            together=_together(index, not shared.isdisjoint(schools[principal])),
        )
        for principal, known, index in found
    }


def _together(index: NeedIndex, shares_school: bool) -> float:
    """Return the error that others of the caseload may share: one supervisor rates the leadership of them all, and
    principals of one school have its gaps in common."""
    of = dict(zip(NAMES, index.of_parts, strict=True))
    return hypot(of["leadership"], of["gaps"] if shares_school else 0.0)


def _shared_schools(schools: Mapping[int, Sequence[int]]) -> set[int]:
    """Return the schools that several principals lead."""
    held = Counter(school for mine in schools.values() for school in mine)
    return {school for school, n in held.items() if n > 1}


def leadership_parts(figures: Table) -> dict[int, Part]:
    """Return `supervision.balance.index.leadership_part` of each principal, worked out for all at once."""
    d, s = figures["target"] - figures["estimate"], np.maximum(figures["se"], 1e-9)
    below, density = ndtr(d / s), np.exp(-0.5 * np.square(d / s)) / np.sqrt(2 * np.pi)
    mean = d * below + s * density
    square = (d * d + s * s) * below + d * s * density
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    principals, row, n = np.unique(figures["principal"], return_inverse=True, return_counts=True)
    values = np.clip(np.bincount(row, mean, len(n)) / n, 0.0, 1.0)
    errors = np.bincount(row, spread, len(n)) / n
    known = zip(principals.tolist(), values.tolist(), errors.tolist(), strict=True)
    return {principal: Part(value, se) for principal, value, se in known}


def _below(cells: Table) -> dict[int, list[float]]:
    """Return the probabilities to be below target of each school's elements with evidence."""
    shown = cells[(cells["evidence"] > 0) & ~np.isnan(cells["p_below"])]
    found = defaultdict(list)
    for school, p_below in zip(shown["school"].tolist(), shown["p_below"].tolist(), strict=True):
        found[school].append(p_below)
    return found


def _schools_of(evidence: Evidence) -> dict[int, list[int]]:
    schools: dict[int, list[int]] = defaultdict(list)
    for held in evidence.held:
        if held.principal:
            schools[held.principal].append(held.school)
    return schools


def _teachers(schools: Iterable[int], evidence: Evidence) -> int | None:
    known = [n for school in schools if (n := evidence.teachers.get(school))]
    return max(sum(known), DEFAULT_RULES.min_teachers) if known else None


def _years(principal: int, schools: Sequence[int], evidence: Evidence) -> float | None:
    """Return the years at the school they came to last; None where the roster does not have them as principal."""
    firsts = [first for school in schools if (first := evidence.since.get((school, principal)))]
    return max(0.0, _days(max(firsts), evidence.day) / DAYS_OF_A_YEAR) if firsts else None


def _days(first: date, day: date) -> int:
    return (day - first).days
