"""How numbers on the level scale are written."""


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
    text = f"{value:+.{digits}f}"
    return text[1:] if not float(text) else text.replace("-", "\N{MINUS SIGN}")
