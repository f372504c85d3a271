"""Minutes and shares in words."""

from django.utils.translation import gettext as _


def hours(minutes: float) -> str:
    """Return minutes as "2 h 30 min", "45 min" or "3 h"."""
    whole, rest = divmod(round(minutes), 60)
    if not whole:
        return _("{n} min").format(n=rest)
    if not rest:
        return _("{n} h").format(n=f"{whole:,}")
    return _("{h} h {n} min").format(h=f"{whole:,}", n=rest)


def percent(share: float | None) -> str:
    """Return a share of 0 to 1 as "62 %"; "–" for None."""
    return "–" if share is None else f"{round(100 * share)} %"
