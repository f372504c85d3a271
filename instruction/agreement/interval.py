"""How sure a figure of agreement is: a bootstrap over lessons, widened for their small number.

The items of one lesson are not independent, so whole lessons are drawn. Of few lessons the plain percentile
interval is too narrow, by sqrt((n - 1) / n) and by the normal's tails in place of Student's; its percentiles are
moved out by as much (Hesterberg 2015, The American Statistician 69, 371-386, section 5.2).
"""

from math import sqrt
from statistics import NormalDist

import numpy as np

from instruction.agreement.statistics import Statistic
from instruction.agreement.tables import FloatArray

FEWEST_UNITS = 6
"""Of fewer lessons no interval is told: it would not hold what it says (docs/numbers/agreement.md)."""
DRAWS = 1000
CONFIDENCE = 0.9
# A draw may leave the figure undefined; where many do, the others are no fair picture.
_DEFINED = 0.9
_SEED = 20_261_122
_NORMAL = NormalDist()


def interval(tables: FloatArray, statistic: Statistic, *, draws: int = DRAWS) -> tuple[float, float] | None:
    """Return the ends of the 90 % interval of the mean over pairs of `statistic`; tables: (P, U, K, K).

    None where fewer than FEWEST_UNITS units hold any item, where more than a tenth of the draws leave it undefined,
    and where every draw is the same, as when all agree: the bootstrap then knows of no error. The same tables
    always have the same interval.
    """
    tables = tables[:, tables.sum(axis=(0, 2, 3)) > 0]
    pairs, units, size, _ = tables.shape
    if units < FEWEST_UNITS:
        return None
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)
    totals = drawn @ tables.reshape(pairs, units, size * size)
    values = mean_over_pairs(statistic(totals.reshape(pairs, draws, size, size)))
    values = values[~np.isnan(values)]
    if len(values) < _DEFINED * draws or np.ptp(values) < 1e-12:
        return None
    tail = _tail(units)
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def mean_over_pairs(values: FloatArray) -> FloatArray:
    """Return the mean over the first axis of what is defined; nan where nothing is."""
    defined = ~np.isnan(values)
    total, count = np.where(defined, values, 0.0).sum(axis=0), defined.sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _tail(units: int) -> float:
    """Return the share to cut off at each end, smaller than 5 % for few units."""
    return _NORMAL.cdf(-sqrt(units / (units - 1)) * _student(units - 1))


def _student(freedom: int) -> float:
    """Return Student's 95 % point, at least 4 degrees of freedom, to 0.002 (Abramowitz & Stegun 26.7.5)."""
    z = _NORMAL.inv_cdf((1 + CONFIDENCE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
