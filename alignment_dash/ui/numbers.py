"""How numbers on the level scale are written."""

from math import copysign, floor


def half_up(value: float, digits: int = 1) -> float:
    """Return the value rounded with halves away from zero, as templates round: 1.95 is 2.0 everywhere.

    Figures are kept in hundredths, which floats miss by a hair: 1.95 is a little less.
    """
    scale = 10**digits
    return copysign(floor(abs(value) * scale + 0.5 + 1e-9) / scale, value)


def exact_level(value: float | None) -> str:
    """Return a level that was set, not estimated, with all it has up to two decimals: 3.0, 2.5, 2.75; None is "–".

    An estimate is rounded to what it can bear; a target rounded to 2.8 would be another target than 2.75.
    """
    if value is None:
        return "–"
    text = f"{value:.2f}"
    return text[:-1] if text.endswith("0") else text


def signed_level(value: float | None, digits: int = 1) -> str:
    """Return a difference of levels with a sign and a true minus: −0.4, +0.1, 0.0; None is "–"."""
    if value is None:
        return "–"
    text = f"{half_up(value, digits):+.{digits}f}"
    return text[1:] if not float(text) else text.replace("-", "\N{MINUS SIGN}")
