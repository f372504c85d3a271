"""Where a framework departs from what research found about frameworks that help: findings, never a score.

Honig & Rainey 2015, *How School Districts Can Support Deeper Learning: The Need for Performance Alignment*,
p. 8-9; the six competencies: Hewlett Foundation 2013. The rules, with the numbers that are ours, are explained in
docs/numbers/framework-review.md.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from instruction.frameworks.vague_words import DEGREE, VAGUE_WORDS

MOST_ELEMENTS = 10  # the paper says "a manageable number" and names none; this one is ours
MOST_IN_FOCUS = 5
FEWEST_NEAR = 0.5  # the share of elements about students' learning itself, or what the teacher does with them
NEAREST, NEAR = 1, 2
ALIKE = 0.8  # share of words in common, in their order, from which two levels read the same
MOST_WORDS = 300  # of a descriptor, that are compared
TEACHING = "teaching"
COMPETENCIES = (
    "content", "critical-thinking", "collaboration", "communication", "self-direction", "mindset",
)  # fmt: skip


class Rule(StrEnum):
    """What a finding is about."""

    MANY = "many"
    MUCH_IN_FOCUS = "much-in-focus"
    NOTHING_NEAR = "nothing-near"
    FAR = "far"
    NOT_TOLD_APART = "not-told-apart"
    ONE_WORDING = "one-wording"
    COMPETENCIES = "competencies"
    ADVERBS = "adverbs"
    ALIKE = "alike"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class ReviewedElement:
    """An element as the review reads it. levels: descriptors from the lowest up, "" where there is none.

    for_some: it is worded for some levels of schools, subjects or roles only.
    """

    code: str
    name: str
    description: str
    proximity: int
    levels: tuple[str, ...]
    is_focus: bool = False
    for_some: bool = False
    competencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedFramework:
    """A framework as the review reads it. kind: "teaching" or "leadership"."""

    kind: str
    elements: tuple[ReviewedElement, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth another look.

    element: its code, "" for the framework as a whole; level: 1 up, 0 for name and description; other: the level
    it is compared with; text: the words it is about; key: of the vague word; number, of: counts that the sentence
    names; missing: competencies.
    """

    rule: Rule
    element: str = ""
    level: int = 0
    other: int = 0
    text: str = ""
    key: str = ""
    number: int = 0
    of: int = 0
    missing: tuple[str, ...] = ()


def review(framework: ReviewedFramework) -> list[Finding]:
    """Return what is worth another look: first the framework as a whole, then its elements in their order."""
    if not framework.elements:
        return []
    findings = [*_length(framework), *_nearness(framework), *_for_whom(framework), *_competencies(framework)]
    for element in framework.elements:
        findings += _levels(element)
        findings += _vague(element)
    return findings


def _length(framework: ReviewedFramework) -> Iterator[Finding]:
    """A manageable number of elements, or some of them chosen (p. 8-9)."""
    n, focus = len(framework.elements), sum(one.is_focus for one in framework.elements)
    if n > MOST_ELEMENTS and not focus:
        yield Finding(Rule.MANY, number=n)
    if focus > MOST_IN_FOCUS:
        yield Finding(Rule.MUCH_IN_FOCUS, number=focus, of=n)


def _nearness(framework: ReviewedFramework) -> Iterator[Finding]:
    """Elements told apart by their nearness to students' learning, and enough of them near it (p. 8-9)."""
    places = [one.proximity for one in framework.elements]
    near = sum(place <= NEAR for place in places)
    if framework.kind == TEACHING and NEAREST not in places:
        yield Finding(Rule.NOTHING_NEAR, of=len(places))
    if near < FEWEST_NEAR * len(places):
        yield Finding(Rule.FAR, number=near, of=len(places))
    elif len(places) > 1 and len(set(places)) == 1:
        yield Finding(Rule.NOT_TOLD_APART, of=len(places))


def _for_whom(framework: ReviewedFramework) -> Iterator[Finding]:
    """Definitions that differ by who they are for, where that matters (p. 8-9)."""
    if not any(one.for_some for one in framework.elements):
        yield Finding(Rule.ONE_WORDING, of=len(framework.elements))


def _competencies(framework: ReviewedFramework) -> Iterator[Finding]:
    """The six deeper-learning competencies; of teaching, for they are students'."""
    met = {code for one in framework.elements for code in one.competencies}
    missing = tuple(code for code in COMPETENCIES if code not in met)
    if framework.kind == TEACHING and missing:
        yield Finding(Rule.COMPETENCIES, number=len(missing), of=len(COMPETENCIES), missing=missing)


def _levels(element: ReviewedElement) -> Iterator[Finding]:
    """Neighboring levels that say the same, or the same more often."""
    for level, (low, high) in enumerate(zip(element.levels, element.levels[1:], strict=False), start=1):
        rule = compared(low, high)
        if rule:
            yield Finding(rule, element.code, level, level + 1, high)


def compared(low: str, high: str) -> Rule | None:
    """Say whether two descriptors differ by words of degree alone, or read nearly the same."""
    one, two = _words(low), _words(high)
    if not one or not two:
        return None
    bare_one, bare_two = ([word for word in words if word not in DEGREE] for words in (one, two))
    if bare_one and bare_one == bare_two and one != two:
        return Rule.ADVERBS
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    # The quick ratio is never below the exact one.
    return Rule.ALIKE if matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())[:MOST_WORDS]


def _vague(element: ReviewedElement) -> Iterator[Finding]:
    """Words that two observers read differently; each once in an element, where it stands first."""
    seen: set[str] = set()
    for level, text in enumerate([f"{element.name}. {element.description}", *element.levels]):
        for word in VAGUE_WORDS:
            found = word.pattern.search(text)
            if found and word.key not in seen:
                seen.add(word.key)
                yield Finding(Rule.VAGUE, element.code, level, text=found.group(0), key=word.key)


def rules_met(findings: Iterable[Finding]) -> list[Rule]:
    """Return the rules that some finding is about, in the order of the rules."""
    met = {one.rule for one in findings}
    return [rule for rule in Rule if rule in met]
