"""The school year of a page, from its address."""

from collections.abc import Mapping

from alignment_dash import schoolyear

OLDEST = 2000


def year_from(params: Mapping[str, str]) -> int:
    """Return the school year that `?year=` names; the current one where it names none or nonsense."""
    text = params.get("year", "")
    current = schoolyear.current_year()
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else current
    return year if OLDEST <= year <= current + 1 else current


def choices(chosen: int) -> list[dict[str, object]]:
    """Return the years a switcher offers, newest first, for the page that shows `chosen`."""
    current = schoolyear.current_year()
    years = sorted({*range(current, current - 4, -1), chosen}, reverse=True)
    return [{"value": year, "label": schoolyear.label(year), "chosen": year == chosen} for year in years]
