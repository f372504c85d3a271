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
    gaps = gaps_parts(evidence.cells, schools)
    sizes = size_parts([_teachers(held, evidence) for held in schools.values()])
    parts = [
        Parts(
            leadership=leadership.get(principal),
            tenure=tenure_part(_years(principal, held, evidence)),
            gaps=gaps.get(principal),
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
            leadership=_value(known.leadership),
            tenure=_value(known.tenure),
            gaps=_value(known.gaps),
            size=_value(known.size),
            se=index.se,
            together=_together(index, not shared.isdisjoint(schools[principal])),
        )
        for principal, known, index in found
    }


def _value(part: Part | None) -> float | None:
    return None if part is None else part.value


def _together(index: NeedIndex, shares_school: bool) -> float:
    """Return the error that others of the caseload may share: one supervisor rates the leadership of them all, and
    principals of one school have its gaps in common."""
    leadership, _, gaps, _ = index.of_parts
    return hypot(leadership, gaps if shares_school else 0.0)


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


def gaps_parts(cells: Table, schools: Mapping[int, Sequence[int]]) -> dict[int, Part]:
    """Return `supervision.balance.index.gaps_part` of each principal over all elements of their schools.

    schools: those of each principal. Who has no element with evidence is left out.
    """
    shown = cells[(cells["evidence"] > 0) & ~np.isnan(cells["p_below"])]
    ids, row, n = np.unique(shown["school"], return_inverse=True, return_counts=True)
    p, n_schools = shown["p_below"], len(ids)
    sums = np.bincount(row, p, n_schools), np.bincount(row, np.sqrt(p * (1 - p)), n_schools)
    of_school = dict(
        zip(ids.tolist(), zip(n.tolist(), *(each.tolist() for each in sums), strict=True), strict=True)
    )
    found = {}
    for principal, held in schools.items():
        told = [of_school[school] for school in held if school in of_school]
        if told:
            elements, below, errors = told[0] if len(told) == 1 else map(sum, zip(*told, strict=True))
            found[principal] = Part(below / elements, errors / elements)
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
