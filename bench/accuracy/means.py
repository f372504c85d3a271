"""The usual ways: means of ratings, as they are or centered by rater, and tiers by test score."""

import numpy as np
from scipy.special import ndtr

from bench.accuracy.scores import Figures
from instruction.capacity.data import FloatArray, Ratings, Targets


def plain_means(ratings: Ratings, targets: Targets) -> Figures:
    """Mean of a school's ratings with the textbook standard error: SD / root of their number."""
    return _means(ratings, targets, ratings.level)


def centered_means(ratings: Ratings, targets: Targets) -> Figures:
    """The same of ratings less their rater's mean on the element, plus the element's mean."""
    element = np.searchsorted(targets.elements, ratings.element)
    _, rater = np.unique(ratings.rater, return_inverse=True)
    key = rater * len(targets.elements) + element
    overall = np.bincount(element, ratings.level) / np.bincount(element)
    of_rater = np.bincount(key, ratings.level) / np.maximum(np.bincount(key), 1)
    return _means(ratings, targets, ratings.level - of_rater[key] + overall[element])


def _means(ratings: Ratings, targets: Targets, level: FloatArray) -> Figures:
    shape = (len(targets.schools), len(targets.elements))
    lesson = ratings.video < 0
    school = np.searchsorted(targets.schools, ratings.school[lesson])
    key = school * shape[1] + np.searchsorted(targets.elements, ratings.element[lesson])
    n, total, squares = (
        np.bincount(key, weights, minlength=shape[0] * shape[1]).reshape(shape)
        for weights in (None, level[lesson], level[lesson] ** 2)
    )
    n = np.maximum(n, 2)
    mean = total / n
    se = np.sqrt(np.maximum(squares / n - mean**2, 1e-4) / (n - 1))
    return Figures(mean, contrast=se, p_below=np.asarray(ndtr((targets.target - mean) / se)))
