"""The level of a school by its grades."""

import pytest

from schools.models import Level
from schools.rosters.levels import in_order, level_of


@pytest.mark.parametrize(
    ("grades", "level"),
    [
        ([], "other"),
        (["UG", "Other"], "other"),
        (["KG", "01", "05"], "elementary"),
        (["05"], "elementary"),
        (["05", "06"], "elementary"),
        (["PK", "08"], "k8"),
        (["06", "07", "08"], "middle"),
        (["05", "08"], "middle"),
        (["07", "09"], "middle"),
        (["09"], "high"),
        (["09", "10", "11", "12"], "high"),
        (["07", "12"], "high"),
        (["KG", "12"], "other"),
        (["06", "12"], "other"),
    ],
)
def test_level_follows_from_the_grades(grades: list[str], level: str) -> None:
    assert level_of(grades) == level
    assert level in Level.values


def test_grades_are_ordered_from_the_youngest() -> None:
    assert in_order({"10", "KG", "PK", "01", "UG"}) == ["PK", "KG", "01", "10"]
