"""A probability in words and percent."""

import pytest

from instruction.chance_words import chance_words, percent


@pytest.mark.parametrize(
    ("p", "said", "written"),
    [
        (1.0, "very likely", "> 99 %"), (0.996, "very likely", "> 99 %"), (0.9, "very likely", "90 %"),
        (0.7, "likely", "70 %"), (0.5, "about as likely as not", "50 %"), (0.2, "unlikely", "20 %"),
        (0.004, "very unlikely", "< 1 %"), (0.0, "very unlikely", "< 1 %"),
    ],
)  # fmt: skip
def test_probability_is_never_written_as_certain(p, said, written):
    assert (chance_words(p), percent(p)) == (said, written)
