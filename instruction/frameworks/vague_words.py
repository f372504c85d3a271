"""Words that two observers read differently, and what to write in their place.

The list is ours; docs/numbers/framework-review.md says where each part of it comes from. A pattern matches whole
words, whatever their case.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VagueWord:
    """One entry: `key` names it for good, `pattern` finds it."""

    key: str
    pattern: re.Pattern[str]


def _word(key: str, pattern: str) -> VagueWord:
    return VagueWord(key, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))


VAGUE_WORDS: tuple[VagueWord, ...] = (
    _word("feedback", r"(?:provid|giv|offer)(?:e|es|ing) (?:\w+ )?feedback"),
    _word("uses", r"uses|utili[sz](?:e|es|ing)"),
    _word(
        "demonstrates",
        r"demonstrat(?:e|es|ing) (?:an? |\w+ )?(?:understanding|knowledge|awareness|commitment)",
    ),
    _word("effective", r"(?:in)?effective(?:ly)?"),
    _word("appropriate", r"(?:in)?appropriate(?:ly)?|adequate(?:ly)?|suitabl[ey]"),
    _word("quality", r"high[- ]quality|best practices?|excellent|outstanding"),
    _word("engage", r"engag(?:e|es|ing) (?:all )?(?:students|learners)|(?:students|learners) are engaged"),
    _word("promotes", r"(?:promot|foster|facilitat|encourag)(?:e|es|ing)|fosters?"),
    _word("ensures", r"ensur(?:e|es|ing)"),
    _word("implements", r"implement(?:s|ing)?|address(?:es|ing)"),
    _word("rigorous", r"rigor(?:ous|ously)?|meaningful(?:ly)?|robust"),
    _word("variety", r"(?:a )?variety of|various|multiple strategies"),
    _word("needed", r"as needed|when(?:ever)? (?:necessary|possible)|where applicable"),
    _word("strives", r"strives?|attempts to|seeks to"),
)
BY_KEY = {word.key: word for word in VAGUE_WORDS}

# How often, how much or how many: what levels must not differ by alone.
DEGREE = frozenset(
    [
        "always",
        "consistently",
        "continually",
        "constantly",
        "frequently",
        "often",
        "regularly",
        "routinely",
        "usually",
        "generally",
        "typically",
        "sometimes",
        "occasionally",
        "inconsistently",
        "intermittently",
        "periodically",
        "rarely",
        "seldom",
        "infrequently",
        "never",
        "very",
        "highly",
        "fully",
        "completely",
        "thoroughly",
        "mostly",
        "largely",
        "partially",
        "partly",
        "somewhat",
        "slightly",
        "minimally",
        "barely",
        "effectively",
        "skillfully",
        "adequately",
        "appropriately",
        "well",
        "poorly",
        "exceptionally",
        "clearly",
        "all",
        "every",
        "each",
        "most",
        "many",
        "several",
        "some",
        "few",
        "little",
        "no",
        "none",
        "nearly",
        "almost",
        "majority",
        "minority",
        "limited",
        "not",
        "yet",
        "more",
        "less",
        "of",
        "the",
        "a",
        "an",
    ]
)
