"""A probability in words and in percent, the same on every page."""

from django.utils.translation import gettext as _


def chance_words(p: float) -> str:
    """Return the words of a probability from 0 to 1: from "very likely" to "very unlikely"."""
    words = (
        (0.9, _("very likely")), (0.66, _("likely")), (0.33, _("about as likely as not")),
        (0.1, _("unlikely")),
    )  # fmt: skip
    return next((word for limit, word in words if p >= limit), _("very unlikely"))


def percent(p: float) -> str:
    """Write a probability; never as if it were certain."""
    whole = round(100 * p)
    if whole >= 100:
        return "> 99 %"
    return f"{whole} %" if whole > 0 else "< 1 %"
