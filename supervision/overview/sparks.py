"""A small drawing of weeks as the points of an SVG path; no Django."""

from collections.abc import Sequence

WIDTH, HEIGHT = 96, 24
GAP = 2


def bars(values: Sequence[float], most: float) -> list[tuple[float, float, float, float]]:
    """Return one bar a value as (x, y, width, height) in a box of WIDTH by HEIGHT; `most` fills its height.

    A value of zero has no bar; any other is at least one high, so that little is not nothing.
    """
    if not values or most <= 0:
        return []
    step = WIDTH / len(values)
    made = []
    for place, value in enumerate(values):
        if value <= 0:
            continue
        height = max(1.0, HEIGHT * min(value / most, 1.0))
        made.append(
            (round(place * step, 1), round(HEIGHT - height, 1), round(step - GAP, 1), round(height, 1))
        )
    return made
