import pytest

from alignment_dash.ui.numbers import exact_level, signed_level


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3.0"), (2.5, "2.5"), (2.75, "2.75"), (2.333, "2.33"), (None, "–")]
)
def test_exact_level_keeps_what_was_set(value, text):
    assert exact_level(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-0.42, 1, "−0.4"),
        (0.12, 2, "+0.12"),
        (0.04, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (None, 1, "–"),
        (-1.05, 1, "−1.1"),
        (1.95, 1, "+2.0"),
    ],
)
def test_signed_level_has_a_sign_unless_it_is_zero(value, digits, text):
    assert signed_level(value, digits) == text
