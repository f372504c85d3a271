"""The school year of an address: whatever is not one becomes the current one."""

import pytest

from alignment_dash import schoolyear
from alignment_dash.ui.years import year_from


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-2020", "1999", "9999", "020260000", "02026", "02026" + "9" * 5000, "٢٠٢٦", "²", "2026\0"],
)
def test_year_that_is_none_becomes_the_current_one(text):
    assert year_from({"year": text}) == schoolyear.current_year()


def test_year_from_the_oldest_to_the_next_is_taken():
    following = schoolyear.current_year() + 1
    assert [year_from({"year": str(year)}) for year in (2000, following)] == [2000, following]
