"""The steps from the ratings to an estimate as a page may tell them; they add up exactly as printed.

Pure: a row's figures in, steps out. The estimate leaves the job in hundredths. The steps are told more coarsely,
for they are means without the model's shrinkage: from the same mean on two days, told in hundredths, and the number
of ratings one could work out the level that was added. See docs/numbers/small-groups.md.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# From how many observed teachers a mean is told how finely: a grain times its teachers is at least 1.5 levels, so
# that what is told on two days leaves the level of one teacher open.
GRAINS = ((150, Decimal("0.01")), (75, Decimal("0.02")), (30, Decimal("0.05")), (15, Decimal("0.1")))
# From how many observers their severity is told as a step of its own; of one or two it would be theirs by name.
RATERS_FOR_A_STEP = 3
_NEAR_END, _HUNDREDTH, _HALF = Decimal("0.15"), Decimal("0.01"), Decimal("0.5")


class Part(StrEnum):
    """What one step does."""

    OBSERVERS = "observers"  # the observers' severity, the home-field shift and the culture of rating
    TEACHERS = "teachers"  # each teacher counted once
    MODEL = "model"  # drawn toward the district, other elements, teachers nobody has seen
    ALL = "all"  # the three as one


@dataclass(frozen=True, slots=True)
class Step:
    """By how much one step moves the figure, and what it is then."""

    part: Part
    by: Decimal
    to: Decimal


@dataclass(frozen=True, slots=True)
class Steps:
    """From the mean of the ratings to the estimate. Where `start` is None only a band of the mean is told.

    band: (low, high) that the mean lies in, each None where it is open; None where `start` is told.
    grain: what the means are told in multiples of. The steps' `by` add up to `estimate` - `start` exactly.
    """

    start: Decimal | None
    band: tuple[Decimal | None, Decimal | None] | None
    steps: list[Step]
    estimate: Decimal
    grain: Decimal | None = None


def steps_of(
    *,
    ratings: float | None,
    observers: float | None,
    teachers: float | None,
    estimate: float,
    n_teachers: int,
    n_raters: int,
    scale_max: float,
) -> Steps | None:
    """Return the steps that may be told; None where the run did not keep them.

    ratings, observers, teachers: the means of `SchoolCapacity`, in levels.
    """
    if ratings is None or observers is None or teachers is None:
        return None
    end = _rounded(estimate, _HUNDREDTH)
    grain = next((one for fewest, one in GRAINS if n_teachers >= fewest), None)
    mean = Decimal(str(ratings))
    at_an_end = mean <= 1 + _NEAR_END or mean >= Decimal(str(scale_max)) - _NEAR_END
    if grain is None or at_an_end:
        return Steps(None, _band(ratings, scale_max), [], end)
    start = _rounded(ratings, grain)
    values = [(Part.ALL, end)]
    if n_raters >= RATERS_FOR_A_STEP:
        values = [
            (Part.OBSERVERS, _rounded(observers, grain)),
            (Part.TEACHERS, _rounded(teachers, grain)),
            (Part.MODEL, end),
        ]
    steps, before = [], start
    for part, value in values:
        steps.append(Step(part, value - before, value))
        before = value
    return Steps(start, None, steps, end, grain)


def _band(mean: float, scale_max: float) -> tuple[Decimal | None, Decimal | None]:
    """Return half a level that a mean lies in, open at the ends of the scale, where all ratings may be alike."""
    middle = (Decimal(str(mean)) / _HALF).quantize(Decimal(1)) * _HALF
    low, high = middle - _HALF / 2, middle + _HALF / 2
    first, last = Decimal(1) + _HALF * Decimal("1.5"), Decimal(str(scale_max)) - _HALF * Decimal("1.5")
    if high <= first:
        return None, first
    return (last, None) if low >= last else (low, high)


def _rounded(value: float, to: Decimal) -> Decimal:
    """Return the nearest multiple of `to`, in hundredths."""
    return ((Decimal(str(value)) / to).quantize(Decimal(1)) * to).quantize(_HUNDREDTH)
