"""How far below target a school is expected to be, given what is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A shortfall in levels: what is expected of it, and its standard deviation."""

    expected: float
    sd: float


def shortfall(estimate: float, se: float, target: float) -> Shortfall:
    """Return the shortfall max(target - C, 0) of a capacity C that is normal around `estimate` with `se`, in levels.

    With d = target - estimate and z = d / se the mean is d Phi(z) + se phi(z), and the mean of the square
    (d^2 + se^2) Phi(z) + d se phi(z): the first two moments of a normal variable cut off at zero (Johnson, Kotz &
    Balakrishnan 1994, Continuous Univariate Distributions 1, ch. 13.10). Hand example: on target (d = 0) with
    se = 0.2 it is 0.2 * 0.3989 = 0.0798. Without uncertainty (se 0) it is max(d, 0). ValueError for a negative se.
    """
    d = target - estimate
    if se < 0:
        raise ValueError("a standard error is below zero")
    if se == 0:
        return Shortfall(max(d, 0.0), 0.0)
    share, density = _STANDARD.cdf(d / se), _STANDARD.pdf(d / se)
    # Rounding can leave a mean far above target a hair below zero.
    mean = max(d * share + se * density, 0.0)
    square = (d * d + se * se) * share + d * se * density
    return Shortfall(mean, sqrt(max(square - mean * mean, 0.0)))


def total(parts: Iterable[Shortfall]) -> Shortfall:
    """Return the sum of shortfalls as if their errors were independent; 0 of none."""
    held = list(parts)
    return Shortfall(sum(one.expected for one in held), sqrt(sum(one.sd**2 for one in held)))
