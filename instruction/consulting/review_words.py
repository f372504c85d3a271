"""The findings of a framework review in words: what, why, and what others write instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L
from django.utils.translation import ngettext

from instruction.frameworks.review import Finding, Rule
from instruction.models import Competency

PAPER = "Honig & Rainey 2015, p. 8-9"
TITLES: dict[Rule, str | Promise] = {
    Rule.MANY: L("many elements, none in focus"),
    Rule.MUCH_IN_FOCUS: L("a wide focus"),
    Rule.NOTHING_NEAR: L("nothing about what students do"),
    Rule.FAR: L("much that is far from students' learning"),
    Rule.NOT_TOLD_APART: L("elements all equally near to students' learning"),
    Rule.ONE_WORDING: L("one wording for everyone"),
    Rule.COMPETENCIES: L("competencies that no element names"),
    Rule.ADVERBS: L("levels that differ by how often or how much"),
    Rule.ALIKE: L("levels that read alike"),
    Rule.VAGUE: L("words that can mean many things"),
}
SOURCES: dict[Rule, str | Promise] = {
    Rule.COMPETENCIES: L("Hewlett Foundation 2013, the six deeper-learning competencies"),
    Rule.ADVERBS: L("our rule, from checklist-style observation: Honig & Rainey 2015, p. 9"),
    Rule.ALIKE: L("our rule, from shared understanding: Honig & Rainey 2015, p. 8"),
}
INSTEAD: dict[Rule, str | Promise] = {
    Rule.MANY: L("Choose two to five elements that this year is about, or bring some together."),
    Rule.MUCH_IN_FOCUS: L("Ask teachers and principals which two or three matter most this year."),
    Rule.NOTHING_NEAR: L("Begin with what students do and say when learning goes well, in their words."),
    Rule.FAR: L(
        "Ask of each element: who would see it in a lesson? Bring together those that nobody would, or leave them out."
    ),
    Rule.NOT_TOLD_APART: L(
        "Say of each element whether it is what students do, what the teacher does with them, or what surrounds it."
    ),
    Rule.ONE_WORDING: L(
        "Where an element looks different in kindergarten and in a chemistry lab, or for a coach, word it for each."
    ),
    Rule.COMPETENCIES: L("Mark the elements that carry them already, or ask what is missing."),
    Rule.ADVERBS: L(
        "Write what is different to see or hear at the higher level: who does it, and what it leads to."
    ),
    Rule.ALIKE: L("Write first what nobody would see at the lower level."),
}
VAGUE: dict[str, str | Promise] = {
    "feedback": L("To whom, about what in their work, and what do they do with it? Some feedback does harm."),
    "uses": L("What is done with it, by whom, and what do students then say or do?"),
    "demonstrates": L("By which words, work or choice would an observer know it?"),
    "effective": L("Effective in what? Name what students then can do."),
    "appropriate": L("For whom, and judged by what? Say what fits which students."),
    "quality": L("Name the two or three features that make it so."),
    "engage": L("What do students do: talk, argue, write, build, or sit and listen?"),
    "promotes": L("What does the person say or do, so that it comes about?"),
    "ensures": L("By doing what? Name the check, and what follows from it."),
    "implements": L("Name what students meet in the lesson because of it."),
    "rigorous": L("What must students think through that they could not copy?"),
    "variety": L("Name the two or three, and what each is for."),
    "needed": L("Say for whom, and how the need is noticed."),
    "strives": L("Say what is there to be seen, not what is wished for."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words. text: what stands in the framework, "" for nothing in particular."""

    finding: Finding
    title: str
    sentence: str
    text: str
    instead: str
    source: str


def tell(finding: Finding, level_names: Mapping[int, str]) -> Told:
    """Return a finding in words; level_names: by level from 1 up."""
    instead = VAGUE[finding.key] if finding.rule is Rule.VAGUE else INSTEAD[finding.rule]
    return Told(
        finding,
        title=str(TITLES[finding.rule]),
        sentence=_sentence(finding, level_names),
        text=finding.text,
        instead=str(instead),
        source=str(SOURCES.get(finding.rule, PAPER)),
    )


def _sentence(finding: Finding, level_names: Mapping[int, str]) -> str:
    values = {
        "n": finding.number,
        "of": finding.of,
        "text": finding.text,
        "level": level_names.get(finding.level, ""),
        "other": level_names.get(finding.other, ""),
        "missing": ", ".join(str(Competency(code).label) for code in finding.missing),
    }
    if finding.rule is Rule.COMPETENCIES:
        said = ngettext(
            "No element carries {missing}.", "No element carries any of these: {missing}.", finding.number
        )
        return said.format(**values)
    if finding.rule is Rule.VAGUE and not finding.level:
        return _("Two observers may read “{text}” differently.").format(**values)
    return str(_SENTENCES[finding.rule]).format(**values)


_SENTENCES: dict[Rule, str | Promise] = {
    Rule.MANY: L(
        "With {n} elements and none in focus, people tend to mark off a checklist instead of looking closely."
    ),
    Rule.MUCH_IN_FOCUS: L("{n} of {of} elements are in focus: that is hard to keep in mind during a lesson."),
    Rule.NOTHING_NEAR: L("No element says what students themselves do and say."),
    Rule.FAR: L("Only {n} of {of} elements are about what students do, or what is done with them."),
    Rule.NOT_TOLD_APART: L("All {of} elements are said to be equally near to students' learning."),
    Rule.ONE_WORDING: L("All {of} elements are worded alike for every grade, subject and role."),
    Rule.ADVERBS: L("“{level}” and “{other}” differ only in how often, how much or how many."),
    Rule.ALIKE: L("“{level}” and “{other}” read nearly the same."),
    Rule.VAGUE: L("At “{level}”, two observers may read “{text}” differently."),
}  # fmt: skip
