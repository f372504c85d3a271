"""The framework review: faultless frameworks give no finding, and each fault gives its own."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instruction.frameworks.definition import FOLDER, read
from instruction.frameworks.review import (
    COMPETENCIES,
    ReviewedElement,
    ReviewedFramework,
    Rule,
    compared,
    review,
    rules_met,
)

LEVELS = (
    "Students copy what stands on the board.",
    "Pairs compare two ways that others found.",
    "The class argues which way holds for any number, and writes down why.",
    "Someone asks a question of their own and tests it with classmates.",
)


def element(number: int, **fields: object) -> ReviewedElement:
    """An element without any fault; every second is for some schools only."""
    given = {
        "code": f"e{number}", "name": f"Reasoning {number}", "description": "Students give reasons.",
        "proximity": 1 + number % 2, "levels": LEVELS, "is_focus": number == 1, "for_some": number % 2 == 0,
        "competencies": (COMPETENCIES[number % 6],),
    }  # fmt: skip
    return ReviewedElement(**(given | fields))  # type: ignore[arg-type]


def framework(n: int = 6, kind: str = "teaching") -> ReviewedFramework:
    return ReviewedFramework(kind, tuple(element(number) for number in range(n)))


def changed(at: ReviewedFramework, place: int = 0, **fields: object) -> ReviewedFramework:
    elements = list(at.elements)
    elements[place] = replace(elements[place], **fields)
    return replace(at, elements=tuple(elements))


def all_changed(at: ReviewedFramework, **fields: object) -> ReviewedFramework:
    return replace(at, elements=tuple(replace(one, **fields) for one in at.elements))


# A busy machine is no fault of what is drawn.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(n=st.integers(6, 40), kind=st.sampled_from(["teaching", "leadership"]), first=st.integers(0, 39))
def test_framework_without_a_fault_gives_no_finding(n, kind, first):
    faultless = framework(n, kind).elements
    turned = faultless[first % n :] + faultless[: first % n]
    assert review(ReviewedFramework(kind, turned)) == []


@pytest.mark.parametrize(
    ("faulty", "rule"),
    [
        (all_changed(framework(11), is_focus=False), Rule.MANY),
        (all_changed(framework(6), is_focus=True), Rule.MUCH_IN_FOCUS),
        (replace(framework(), elements=tuple(element(n, proximity=2 + n % 2) for n in range(6))), Rule.NOTHING_NEAR),
        (changed(all_changed(framework(), proximity=3), proximity=1), Rule.FAR),
        (all_changed(framework(), proximity=1), Rule.NOT_TOLD_APART),
        (all_changed(framework(), for_some=False), Rule.ONE_WORDING),
        (changed(framework(), 3, competencies=()), Rule.COMPETENCIES),
        (changed(framework(), levels=("Some students explain.", "Most students always explain.")), Rule.ADVERBS),
        (changed(framework(), levels=(LEVELS[2], LEVELS[2] + " Again.")), Rule.ALIKE),
        (changed(framework(), description="Provides feedback to teachers."), Rule.VAGUE),
        (changed(framework(), levels=("The teacher USES technology.", *LEVELS[1:])), Rule.VAGUE),
    ],
)  # fmt: skip
def test_each_fault_gives_its_finding_and_no_other(faulty, rule):
    findings = review(faulty)
    assert rules_met(findings) == [rule]
    assert len(findings) == 1


def test_vague_word_is_named_once_an_element_with_where_it_stands_first():
    levels = (LEVELS[0], "Uses a variety of tools.", "Uses them effectively.", LEVELS[3])
    findings = review(changed(framework(), 2, levels=levels))
    assert [(one.element, one.level, one.text) for one in findings] == [
        ("e2", 2, "Uses"), ("e2", 2, "a variety of"), ("e2", 3, "effectively"),
    ]  # fmt: skip


def test_list_of_competencies_is_that_of_the_model():
    from instruction.models import Competency

    assert set(COMPETENCIES) == set(Competency.values)


@pytest.mark.parametrize(
    ("low", "high", "rule"),
    [
        ("Rarely asks why.", "Often asks why.", Rule.ADVERBS),
        ("Few students speak.", "Nearly all students speak.", Rule.ADVERBS),
        ("Asks why.", "Asks why.", Rule.ALIKE),
        ("", "Asks why.", None),
        ("Students wait.", "Students compare drafts and change a paragraph.", None),
        ("أحيانا يسأل 🙂", "يبني على ما قيل 🙂", None),
        ("word " * 5_000, "word " * 5_000, Rule.ALIKE),
    ],
)
def test_neighboring_levels_are_told_apart_by_what_one_would_see(low, high, rule):
    assert compared(low, high) is rule


def test_sample_frameworks_are_worded_alike_for_everyone_and_nothing_else():
    for name in ("teaching", "leadership"):
        defined = read(FOLDER / f"sample-{name}.yaml")
        elements = tuple(
            ReviewedElement(
                one.code, one.name, one.description, one.proximity, one.levels, one.focus,
                bool(one.grade_levels or one.subjects), one.competencies,
            )
            for one in defined.elements
        )  # fmt: skip
        assert rules_met(review(ReviewedFramework(defined.kind, elements))) == [Rule.ONE_WORDING]


def test_framework_without_elements_gives_no_finding():
    assert review(ReviewedFramework("teaching", ())) == []
