"""The joint mixed model of all elements: eliminate once, solve for any variances of S, R and K.

reduced = reduce(frame, components)      # depends on T, TR and noise only; linear in the ratings
posterior = solve(reduced, components)   # cheap: one step of expectation-maximization
posterior.schools().mean, .covariance    # (schools, E), (schools, E, E)
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from instruction.capacity.chunks import Chunk, cut
from instruction.capacity.data import Components, FloatArray, IntArray
from instruction.capacity.derive import Capacities, capacities
from instruction.capacity.effects import Effects, LocalEffects, local_effects, people_effects, rater_effects
from instruction.capacity.evidence import evidence_of
from instruction.capacity.frame import Frame
from instruction.capacity.grouping import group_size
from instruction.capacity.kindness import covariance_with_culture, slope_of_capacities
from instruction.capacity.parts import Part, parts_of, variances_of
from instruction.capacity.reduction import Current, Equations, eliminate
from instruction.capacity.solve import PartPosterior, priors_of, solve_part
from instruction.capacity.threads import side_by_side
from instruction.capacity.unknowns import Kind


@dataclass(frozen=True, slots=True)
class Blocks:
    """Posterior of one kind of unknown: a vector over the elements for each school or rater."""

    mean: FloatArray  # (n, E)
    covariance: FloatArray  # (n, E, E)


@dataclass(frozen=True, slots=True)
class People:
    """Expected level of each spell over average raters, and of a teacher of each school whom nobody has seen."""

    mean: FloatArray  # (spells, E)
    variance: FloatArray  # (spells, E)
    unseen: FloatArray  # (schools, E)
    unseen_variance: FloatArray  # (schools, E)


@dataclass(frozen=True, slots=True)
class Reduced:
    """A district after elimination of teacher-rater interactions and teachers, system by system."""

    frame: Frame
    offset: FloatArray  # (E,) was taken off the levels
    parts: list[Part]
    equations: list[list[Equations]]


@dataclass(frozen=True)
class Posterior:
    """Means and covariances of all unknowns. Schools, spells and raters are those of the frame's cells."""

    reduced: Reduced
    components: Components
    parts: list[PartPosterior]

    def schools(self) -> Blocks:
        """S of every school; the prior where it has no rating."""
        return self._local(0)

    def cultures(self) -> Blocks:
        """K of every school; the prior where no own rater has rated."""
        return self._local(1)

    def school_culture(self) -> FloatArray:
        """Covariance of S (rows) with K (columns) of every school, (schools, E, E)."""
        frame = self.reduced.frame
        n_schools, n_blocks = len(frame.cells.school_ids), frame.layout.unknowns.n_blocks
        each = [(one.part, covariance_with_culture(one, n_blocks)[:n_schools]) for one in self.parts]
        return np.asarray(sum(part.over_elements(covariance) for part, covariance in each))

    def raters(self) -> Blocks:
        """R (leniency) of every rater."""
        found = self._persons()
        at = self.reduced.frame.layout.unknowns.persons.of_rater
        return Blocks(found.mean[at], found.covariance[at])

    def raters_of_units(self) -> FloatArray:
        """Mean of R for the rater of every lesson unit, (lesson units, E)."""
        frame = self.reduced.frame
        person = frame.layout.unknowns.persons.of_unit[: len(frame.cells.unit_school)]
        return self._persons().mean[person]

    def home_shift(self) -> FloatArray:
        """beta of each element, (E,)."""
        return self._border(Kind.HOME)

    def means(self) -> FloatArray:
        """mu of each element, (E,)."""
        return self.reduced.offset + self._border(Kind.MEAN)

    def people(self) -> People:
        """Teachers; their variances are those of the elements."""
        frame = self.reduced.frame
        n_blocks, n_schools = frame.layout.unknowns.n_blocks, len(frame.cells.school_ids)
        found = [(p.part, people_effects(p, frame.cells, n_blocks)) for p in self.parts]
        own = self.components.teacher.total
        return People(
            self.reduced.offset + sum(part.by_element(people.mean) for part, people in found),
            np.asarray(sum(part.of_each(people.variance) for part, people in found)),
            self.reduced.offset + sum(part.by_element(people.level[:n_schools]) for part, people in found),
            own + np.asarray(sum(part.of_each(people.level_variance[:n_schools]) for part, people in found)),
        )

    def capacities(self) -> Capacities:
        """Capacities of the schools' current rosters, with what is needed for contrasts, means and draws."""
        frame = self.reduced.frame
        n_schools, n_blocks = len(frame.cells.school_ids), frame.layout.unknowns.n_blocks
        common = np.zeros((n_schools, len(self.reduced.offset)))
        if self.components.kindness.sd:
            for one in self.parts:
                slope = slope_of_capacities(one, self.components, n_blocks)[:n_schools]
                common += self.components.kindness.sd * one.part.by_element(slope)
        return capacities(self.parts, self.reduced.offset, common, n_blocks)

    def _persons(self) -> Blocks:
        unknowns = self.reduced.frame.layout.unknowns
        both = zip(self.parts, self._locals, strict=True)
        return self._blocks([rater_effects(part, local, unknowns) for part, local in both])

    def _border(self, place: int) -> FloatArray:
        return np.asarray(sum(part.part.by_element(part.border[place]) for part in self.parts))

    def _local(self, place: int) -> Blocks:
        n_schools = len(self.reduced.frame.cells.school_ids)
        return self._blocks([local.at(local.start[:n_schools] + place) for local in self._locals])

    @cached_property
    def _locals(self) -> list[LocalEffects]:
        n_blocks = self.reduced.frame.layout.unknowns.n_blocks
        return [local_effects(part, n_blocks) for part in self.parts]

    def _blocks(self, effects: list[Effects]) -> Blocks:
        both = list(zip(self.parts, effects, strict=True))
        return Blocks(
            np.asarray(sum(one.part.by_element(effect.mean) for one, effect in both)),
            np.asarray(sum(one.part.over_elements(effect.covariance) for one, effect in both)),
        )


def reduce(frame: Frame, components: Components, *, always_whole: bool = False) -> Reduced:
    """Sum the ratings into cells and eliminate interactions and teachers at the given T, TR and noise.

    Every element must have a rating. `always_whole` solves complete ratings, too, as if some were missing.
    """
    offset = np.nanmean(frame.levels, axis=0)
    parts = parts_of(frame.levels, always_whole=always_whole)
    current, chunks = _current(frame), dict[int, list[Chunk]]()
    equations = []
    for part in parts:
        if part.size not in chunks:
            chunks[part.size] = cut(frame.cells, frame.layout, part.size)
        work = partial(
            eliminate,
            evidence=evidence_of(frame, part, components, offset),
            variances=variances_of(part, components),
            current=current,
        )
        equations.append(list(side_by_side(work, chunks[part.size])))
    return Reduced(frame, offset, parts, equations)


def solve(reduced: Reduced, components: Components) -> Posterior:
    """Solve for all unknowns at the given S, R and K; T, TR and noise must be those of `reduce`."""
    frame = reduced.frame
    kinds = frame.layout.unknowns.border_kind
    return Posterior(
        reduced,
        components,
        [
            solve_part(part, equations, kinds, priors_of(part, components, frame.points))
            for part, equations in zip(reduced.parts, reduced.equations, strict=True)
        ],
    )


def _current(frame: Frame) -> Current:
    cells, n_blocks = frame.cells, frame.layout.unknowns.n_blocks
    rated = cells.roster_spell >= 0
    spells = np.zeros(len(cells.spell_school))
    spells[cells.roster_spell[rated]] = 1.0
    unrated: IntArray = group_size(cells.roster_school[~rated], n_blocks)
    return Current(spells, group_size(cells.roster_school, n_blocks), unrated)
