"""What is true of a simulated district on the scale of its ratings, where the simulator speaks of latent points."""

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm

from instruction.capacity.data import Components, FloatArray, Kindness, Ratings, Spread
from instruction.capacity.simulate import Design, SimulatedDistrict


def slope(design: Design) -> float:
    """Points of the rating scale per latent point.

    The regression of a cut normal on the normal: the density at the cuts over the standard deviation.
    """
    cuts = ndtri(np.cumsum(design.level_shares)[:-1])
    return float(norm.pdf(cuts).sum() / np.sqrt(_latent_variance(design)))


def components(design: Design) -> Components:
    """Variance components of the ratings. What cutting into levels takes or adds is each element's own noise."""
    parts, square = design.components, slope(design) ** 2
    school, teacher, rater, teacher_rater, culture, noise = (
        _times(part, square)
        for part in (
            parts.school, parts.teacher, parts.rater, parts.teacher_rater, parts.culture, parts.noise
        )
    )  # fmt: skip
    levels, shares = np.arange(len(design.level_shares)), np.array(design.level_shares)
    variance = float(shares @ levels**2 - (shares @ levels) ** 2)
    rest = variance - square * _latent_variance(design)
    noise = Spread(noise.general, noise.specific + rest)
    kindness = Kindness(design.stress.kindness)
    return Components(school, teacher, rater, teacher_rater, culture, noise, kindness)


def severity(district: SimulatedDistrict, ratings: Ratings) -> FloatArray:
    """Points (N,) that each rating is below that of an average visitor: rater, rating culture and home shift."""
    design = district.design
    rater = np.searchsorted(design.rater, ratings.rater)
    element = np.searchsorted(design.elements, ratings.element)
    lenient = -district.severity[rater, element]
    own = (ratings.video < 0) & ~ratings.external
    school = np.searchsorted(district.schools, ratings.school[own])
    lenient[own] += district.culture[school, element[own]] + design.components.home_shift
    return np.asarray(-slope(design) * lenient)


def usual_level(design: Design) -> float:
    """Expected capacity of a school: what outside raters give where own ones, home shift included, give the shares."""
    home = design.components.home_shift * (1.0 - design.share_external)
    return float(1.0 + np.array(design.level_shares) @ np.arange(4) - slope(design) * home)


def school_scores(district: SimulatedDistrict, correlation: float = 0.3) -> FloatArray:
    """Mean test score (S,) of each school, correlated with its mean capacity. The size of it is an assumption."""
    quality = district.capacity.mean(axis=1)
    quality = (quality - quality.mean()) / quality.std()
    noise = np.random.default_rng([district.seed, 2]).standard_normal(len(quality))
    return np.asarray(correlation * quality + np.sqrt(1.0 - correlation**2) * noise)


def _latent_variance(design: Design) -> float:
    parts = design.components
    return parts.school.total + parts.teacher.total + parts.around_teacher + parts.culture.total


def _times(spread: Spread, factor: float) -> Spread:
    return Spread(spread.general * factor, spread.specific * factor)
