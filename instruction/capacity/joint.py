"""The joint mixed model of all elements: eliminate once, solve for any variances of S, R and K.

    reduced = reduce(frame, components)      # depends on T, TR and noise only; linear in the ratings
    posterior = solve(reduced, components)   # cheap: one step of expectation-maximization
    posterior.schools().mean, .covariance    # (schools, E), (schools, E, E)
"""

from dataclasses import dataclass

from instruction.capacity.data import Components, FloatArray
from instruction.capacity.frame import Frame


@dataclass(frozen=True, slots=True)
class Blocks:
    """Posterior of one kind of unknown: a vector over the elements for each school or rater."""

    mean: FloatArray  # (n, E)
    covariance: FloatArray  # (n, E, E)


@dataclass(frozen=True, slots=True)
class Reduced:
    """A district after elimination of teacher-rater interactions and teachers."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Posterior:
    """Means and covariances of all unknowns."""

    reduced: Reduced

    def schools(self) -> Blocks:
        """S of every school of `cells.school_ids`; the prior where it has no rating."""
        raise NotImplementedError

    def cultures(self) -> Blocks:
        """K of every school of `cells.school_ids`; the prior where no own rater has rated."""
        raise NotImplementedError

    def raters(self) -> Blocks:
        """R (leniency) of every rater of `cells.rater_ids`."""
        raise NotImplementedError

    def draws(self, n: int, seed: int) -> FloatArray:
        """Exact joint posterior draws of the schools' capacities, (n, schools, E)."""
        raise NotImplementedError


def reduce(frame: Frame, components: Components) -> Reduced:
    """Sum the ratings into cells and eliminate interactions and teachers at the given T, TR and noise."""
    raise NotImplementedError


def solve(reduced: Reduced, components: Components) -> Posterior:
    """Solve for all unknowns at the given S, R and K (T, TR and noise are those of `reduced`)."""
    raise NotImplementedError
