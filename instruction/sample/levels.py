"""Simulate the levels that observers give, as instruction/capacity/simulate.py does, for dated staff and visits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from instruction.capacity.chance import draw
from instruction.capacity.data import Spread
from instruction.capacity.designs import SimulatedComponents
from instruction.sample.visits import CALIBRATION, NONE, VIDEOS_PER_RATER, WALKTHROUGH, Visits
from schools.sample.plan_places import Floats, Ints

PARTS = SimulatedComponents()
LEVEL_SHARES = (0.02, 0.28, 0.60, 0.10)
_WALKTHROUGH_RATED = 0.9

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effects:
    """What the ratings are made of, in latent points; E elements.

    school: (S, E) quality of teaching; culture: (S, E) leniency its own raters share; person: (P, E) a
    teacher's own part; leniency: (P, E) an observer's; video: (V, E); cuts: (E, 3) between the levels.
    """

    school: Floats
    culture: Floats
    person: Floats
    leniency: Floats
    video: Floats
    cuts: Floats

    def truth(self, teacher: Ints, school: Ints) -> Floats:
        """Return (n, E): the level an average observer from outside gives these teachers there, over lessons."""
        level = self.school[school] + self.person[teacher]
        passed = ndtr((level[:, :, None] - self.cuts) / np.sqrt(PARTS.around_teacher))
        return np.asarray(1.0 + passed.sum(axis=2))


def draw_effects(strength: Floats, shift: Floats, people: int, rng: np.random.Generator) -> Effects:
    """Return the effects of a district; the part that a school's elements share is its `strength`."""
    n, schools = len(shift), len(strength)
    own = draw(Spread(0.0, PARTS.school.specific), rng, schools, n)
    video = Spread(PARTS.teacher.general, PARTS.teacher.specific)
    spread = PARTS.school.total + PARTS.teacher.total + PARTS.around_teacher + PARTS.culture.total
    below = np.asarray(ndtri(np.cumsum(LEVEL_SHARES)[:-1]))
    return Effects(
        school=np.sqrt(PARTS.school.general) * strength[:, None] + own,
        culture=draw(PARTS.culture, rng, schools, n),
        person=draw(PARTS.teacher, rng, people, n),
        leniency=draw(PARTS.rater, rng, people, n),
        video=draw(video, rng, VIDEOS_PER_RATER, n),
        cuts=np.sqrt(spread) * below + PARTS.home_shift - shift[:, None],
    )


def draw_levels(visits: Visits, effects: Effects, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """Return the level (observations, E) each observer would give every element."""
    n_elements = effects.cuts.shape[0]
    latent = effects.leniency[visits.rater] + draw(PARTS.noise, rng, len(visits.rater), n_elements)
    # The same pair keeps its interaction in all their observations.
    seen = np.where(visits.video == NONE, visits.teacher, len(effects.person) + visits.video)
    pairs, pair = np.unique(seen * len(effects.person) + visits.rater, return_inverse=True)
    latent += draw(PARTS.teacher_rater, rng, len(pairs), n_elements)[pair]
    lesson = visits.video == NONE
    latent[lesson] += effects.school[visits.school[lesson]] + effects.person[visits.teacher[lesson]]
    latent[~lesson] += effects.video[visits.video[~lesson]]
    own = lesson & (visits.cross_school == 0)
    latent[own] += PARTS.home_shift + effects.culture[visits.school[own]]
    return (1 + (latent[:, :, None] > effects.cuts).sum(axis=2)).astype(np.int8)


def draw_rated(
    visits: Visits, rated: Floats, focus: Bools, on_video: Bools, rng: np.random.Generator
) -> Bools:
    """Return (observations, E): what was rated. Walkthroughs look at the focus elements only.

    rated: how often a full observation rates each element. Every observation rates at least one element.
    """
    chance = np.where(visits.kind[:, None] == WALKTHROUGH, focus * _WALKTHROUGH_RATED, rated)
    chance = np.where(visits.kind[:, None] == CALIBRATION, on_video, chance)
    kept = rng.random(chance.shape) < chance
    kept[:, int(np.flatnonzero(focus)[0])] |= ~kept.any(axis=1)
    return np.asarray(kept)
