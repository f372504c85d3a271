"""The level of a school by the grades that its classes are for."""

from __future__ import annotations

from collections.abc import Collection

_BEFORE_FIRST = {"IT": -3, "PR": -2, "PK": -2, "TK": -1, "KG": 0}
ORDER = (*_BEFORE_FIRST, *(f"{grade:02d}" for grade in range(1, 14)))


def in_order(grades: Collection[str]) -> list[str]:
    """Grades from the youngest on; codes that are no grade (PS, UG, Other) are left out."""
    return [grade for grade in ORDER if grade in grades]


def level_of(grades: Collection[str]) -> str:
    """Return "elementary", "k8", "middle", "high", or "other" where the grades span more or are unknown.

    From grade 5 or below up to 6 is elementary, up to 8 is K-8; within 5 to 9 is middle; from 7 or above up
    to 10 or more is high.
    """
    numbers = [_BEFORE_FIRST[grade] if grade in _BEFORE_FIRST else int(grade) for grade in in_order(grades)]
    if not numbers:
        return "other"
    low, high = min(numbers), max(numbers)
    if low <= 5 and high <= 6:
        return "elementary"
    if low >= 5 and high <= 9:
        return "high" if low == 9 else "middle"
    if low <= 5 and high <= 8:
        return "k8"
    return "high" if low >= 7 else "other"
