"""How the joint model falls apart: into one system over all elements, or into a mean and deviations from it.

Every covariance over the E elements is g J + s I (J all ones). If each observation rates all elements, the mean
over the elements of an observation and its deviations from the mean are independent: the means follow a model
with variances g + s/E, and the deviations, whatever the element, one with variances s. Their error covariances
over the elements are v J and v (I - J/E).
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import Components, FloatArray, Spread

LEAST = 1e-12
"""Variances are taken to be no less, so that each has a precision."""


@dataclass(frozen=True, slots=True)
class Part:
    """A system of equations whose unknowns are vectors of length `size`, for `n_sides` right-hand sides.

    The whole: size E, one side. The mean: size 1, one side. The deviations: size 1, a side for each element.
    """

    name: str
    size: int
    n_sides: int
    n_elements: int

    def matrix(self, spread: Spread) -> FloatArray:
        """Covariance (size, size) of an effect in this system."""
        general, specific = max(spread.general, 0.0), max(spread.specific, LEAST)
        if self.name == WHOLE:
            return np.asarray(general + specific * np.eye(self.size))
        value = specific if self.name == DEVIATIONS else general + specific / self.n_elements
        return np.array([[value]])

    def precision(self, spread: Spread) -> FloatArray:
        """Inverse of `matrix`."""
        return np.asarray(np.linalg.inv(self.matrix(spread)), dtype=np.float64)

    def common(self, value: float) -> FloatArray:
        """(size, sides) A value that all elements have in common, as this system sees it."""
        return np.full((self.size, self.n_sides), 0.0 if self.name == DEVIATIONS else value)

    def by_element(self, means: FloatArray) -> FloatArray:
        """(..., E) this system's share of means (..., size, sides)."""
        if self.name == WHOLE:
            return means[..., 0]
        return np.broadcast_to(means[..., 0, :], (*means.shape[:-2], self.n_elements))

    def over_elements(self, covariances: FloatArray) -> FloatArray:
        """(..., E, E) this system's share of covariances (..., size, size)."""
        if self.name == WHOLE:
            return covariances
        return np.asarray(covariances * self._pattern())

    def of_each(self, variances: FloatArray) -> FloatArray:
        """(..., E) this system's share of variances (..., size)."""
        if self.name == WHOLE:
            return variances
        return np.asarray(variances * np.diag(self._pattern()))

    def place(self, element: int) -> int:
        """Where an element is in this system's vectors."""
        return element if self.name == WHOLE else 0

    def _pattern(self) -> FloatArray:
        shared = np.ones((self.n_elements, self.n_elements))
        return np.eye(self.n_elements) - shared / self.n_elements if self.name == DEVIATIONS else shared


WHOLE, MEAN, DEVIATIONS = "whole", "mean", "deviations"


def parts_of(levels: FloatArray, *, always_whole: bool = False) -> list[Part]:
    """The systems for levels (observations, E), nan where not rated: two small ones when nothing is missing."""
    n_elements = levels.shape[1]
    if always_whole or np.isnan(levels).any():
        return [Part(WHOLE, n_elements, 1, n_elements)]
    mean = Part(MEAN, 1, 1, n_elements)
    return [mean] if n_elements == 1 else [mean, Part(DEVIATIONS, 1, n_elements, n_elements)]


@dataclass(frozen=True, slots=True)
class Variances:
    """The variances that are eliminated first, as matrices of a part."""

    teacher: FloatArray
    teacher_precision: FloatArray
    interaction_precision: FloatArray


def variances_of(part: Part, components: Components) -> Variances:
    """What elimination needs of the components."""
    return Variances(
        part.matrix(components.teacher),
        part.precision(components.teacher),
        part.precision(components.teacher_rater),
    )
