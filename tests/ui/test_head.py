"""From which width on the words of the head stand in one line."""

import pytest

from alignment_dash.ui.head import STEPS, row_from


@pytest.mark.parametrize(
    ("letters", "labels", "name", "width"),
    [
        (20, (10, 10, 10), 10, 60),  # the example of the function: 53.8
        (8, (), 0, 52),
        (24, (8, 9), 14, 52),
        (32, (10, 10, 10, 10), 12, 72),  # 16 + 20 + 3 + 4.8 + 22.8 = 66.6
        (60, (15, 21, 21), 20, 120),  # 30 + 28.5 + 2 + 8 + 22.8 = 91.3, and the years' label with it 96.3
        (300, (15,) * 9, 60, STEPS[-1]),
    ],
)
def test_more_and_longer_words_need_a_wider_window(letters, labels, name, width):
    assert row_from("d" * letters, ["l" * n for n in labels], "n" * name) == width
