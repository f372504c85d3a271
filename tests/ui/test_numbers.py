import pytest

from alignment_dash.ui.numbers import exact_level


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3.0"), (2.5, "2.5"), (2.75, "2.75"), (2.333, "2.33"), (None, "–")]
)
def test_exact_level_keeps_what_was_set(value, text):
    assert exact_level(value) == text
