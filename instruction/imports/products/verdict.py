"""Which observations of a file can be stored, which wait for a word, and which are wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alignment_dash import schoolyear
from instruction.imports.findings import Findings
from instruction.imports.matching import Matched, Spells, Wording, spells_of, wordings_of, workplace, works_at
from instruction.imports.products.drafts import Draft, Drafts, made_id
from instruction.imports.products.layout import RATING, Layout
from instruction.imports.products.meanings import Asked, Meaning, Meanings
from instruction.imports.reader import Lesson
from instruction.models import ValueKind


@dataclass(slots=True)
class Verdict:
    """What came of a file's rows; each row is in one of four sets."""

    matched: list[Matched] = field(default_factory=list)
    ready: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    wrong: set[int] = field(default_factory=set)
    left_out: set[int] = field(default_factory=set)
    asked: dict[tuple[str, str], Asked] = field(default_factory=dict)
    # id of an observation -> all its rows, those without a rating too
    rows_of: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """A draft with the people and school that it names."""

    draft: Draft
    wording: Wording
    teacher: int
    observer: int
    school: int | None
    kind: str
    purpose: str
    # row, code of the element, level and evidence of each
    ratings: list[tuple[int, str, int, str]]


class Judge:
    """Judges the drafts of one file; a constant number of queries."""

    def __init__(
        self,
        drafts: Drafts,
        meanings: Meanings,
        findings: Findings,
        *,
        layout: Layout,
        columns: Mapping[str, str],
        only_year: int | None,
    ) -> None:
        self._drafts, self._meanings, self._findings = drafts, meanings, findings
        self._layout, self._columns, self._only_year = layout, columns, only_year
        self._today = schoolyear.today()
        years = {schoolyear.year_of(one.day) for one in drafts.observations if one.day <= self._today}
        self._wordings = wordings_of(years)
        self._seen: set[str] = set()
        self.verdict = Verdict(wrong=set(drafts.wrong_rows))

    def judge(self) -> Verdict:
        """Match every observation, whole or not at all."""
        for row, column, code in self._drafts.faults:
            self._findings.add(code, rows=[row], column=column or None)
        self._see_others()
        named = [one for draft in self._drafts.observations if (one := self._named(draft))]
        spells = spells_of({one.teacher for one in named} | {one.observer for one in named})
        for one in named:
            self._place(one, spells)
        self.verdict.asked = {
            key: asked for key, asked in self._meanings.asked.items() if asked.rows & self.verdict.waiting
        }
        return self.verdict

    def _see_others(self) -> None:
        """Remember the made ids of observations that are in already: another row may not take their place."""
        for draft in self._drafts.others:
            if draft.key:
                continue
            school = self._meanings.school(draft.school) if draft.school else Meaning()
            at = school.row if isinstance(school, Meaning) else None
            teacher = self._meanings.person(ValueKind.TEACHER, draft.teacher, draft.school, at)
            observer = self._meanings.person(ValueKind.OBSERVER, draft.observer, draft.school, at)
            if isinstance(teacher, Asked) or isinstance(observer, Asked):
                continue
            if teacher.row is not None and observer.row is not None:
                self._seen.add(made_id(teacher.row, draft.day, observer.row))

    def _wrong(self, draft: Draft, code: str, said: str, **words: Any) -> None:
        self._findings.add(code, rows=[draft.row], column=self._columns.get(said) or None, **words)
        self.verdict.wrong.update(draft.rows)

    def _named(self, draft: Draft) -> Named | None:
        wording = self._wording(draft)
        if wording is None:
            return None
        asked: list[tuple[Asked, str, int]] = []

        def known(found: Meaning | Asked, said: str, row: int = draft.row) -> Meaning:
            if isinstance(found, Asked):
                asked.append((found, said, row))
                return Meaning()
            return found

        school = known(self._meanings.school(draft.school), "school") if draft.school else Meaning()
        kind = known(self._meanings.code(ValueKind.KIND, draft.kind, wording), "kind")
        purpose = known(self._meanings.code(ValueKind.PURPOSE, draft.purpose, wording), "purpose")
        teacher, observer = (
            known(self._meanings.person(one, who, draft.school, school.row), str(one))
            for one, who in ((ValueKind.TEACHER, draft.teacher), (ValueKind.OBSERVER, draft.observer))
        )
        ratings = []
        for row, text, level_text, evidence in draft.ratings:
            if self._layout.is_wide:
                element, said = Meaning(code=text), RATING + text
            else:
                element, said = (
                    known(self._meanings.code(ValueKind.ELEMENT, text, wording), "element", row),
                    "level",
                )
            level = known(self._meanings.code(ValueKind.LEVEL, level_text, wording), said, row)
            if element.code and level.code and not element.is_out and not level.is_out:
                ratings.append((row, element.code, int(level.code), evidence))
        if any(one.is_out for one in (school, kind, purpose, teacher, observer)):
            self.verdict.left_out.update(draft.rows)
            return None
        if asked:
            self.verdict.waiting.update(draft.rows)
            for found, said, row in asked:
                found.places.setdefault(said, set()).update(draft.rows if row == draft.row else {row})
            return None
        if teacher.row is None or observer.row is None:
            return None
        return self._checked(
            Named(draft, wording, teacher.row, observer.row, school.row, kind.code, purpose.code, ratings)
        )

    def _wording(self, draft: Draft) -> Wording | None:
        """Return the framework in force, of several the one that has most of what the observation rates."""
        year = schoolyear.year_of(draft.day)
        if draft.day > self._today:
            self._wrong(draft, "future-date", "date")
        elif self._only_year is not None and year != self._only_year:
            self._wrong(draft, "outside-year", "date", year=schoolyear.label(self._only_year))
        elif not self._wordings.get(year):
            self._wrong(draft, "no-framework", "date")
        else:
            return max(self._wordings[year], key=lambda one: self._n_known(draft, one))
        return None

    def _n_known(self, draft: Draft, wording: Wording) -> int:
        texts = {text for _, text, _, _ in draft.ratings}
        if self._layout.is_wide:
            return len(texts & wording.elements.keys())
        return sum(self._meanings.has_element(text, wording) for text in texts)

    def _checked(self, one: Named) -> Named | None:
        before = self._findings.total
        codes = [code for _, code, _, _ in one.ratings]
        for row, code, level, _ in one.ratings:
            said = RATING + code if self._layout.is_wide else "element"
            if code not in one.wording.elements:
                self._finding(row, "unknown-element", said, names=", ".join(one.wording.elements))
            elif not 1 <= level <= one.wording.highest:
                self._finding(
                    row, "level-outside-scale", said if self._layout.is_wide else "level",
                    highest=one.wording.highest,
                )  # fmt: skip
        if not codes:
            self._finding(one.draft.row, "no-rating", "")
        if len(set(codes)) < len(codes):
            self._finding(one.draft.row, "repeated-element", "element")
        if one.teacher == one.observer:
            self._finding(one.draft.row, "self-observation", "teacher")
        if self._findings.total > before:
            self.verdict.wrong.update(one.draft.rows)
            return None
        return one

    def _finding(self, row: int, code: str, said: str, **words: Any) -> None:
        self._findings.add(code, rows=[row], column=self._columns.get(said) or None, **words)

    def _place(self, one: Named, spells: Spells) -> None:
        """Say where the observation belongs, and keep it; wrong when the teacher did not work there then."""
        draft = one.draft
        spell = workplace(spells, one.teacher, one.observer, draft.day, school_id=one.school)
        if spell is None:
            self._wrong(
                draft,
                "school-differs" if one.school else "no-assignment",
                "school" if one.school else "teacher",
            )
            return
        external_id = draft.key or made_id(one.teacher, draft.day, one.observer)
        if external_id in self._seen:
            self._wrong(draft, "observation-twice", "teacher")
            return
        self._seen.add(external_id)
        self.verdict.rows_of[external_id] = draft.rows
        lesson = Lesson(
            row=draft.row, external_id=external_id, day=draft.day, kind=one.kind, purpose=one.purpose,
            observer="", teacher="", video="", ratings=one.ratings,
        )  # fmt: skip
        self.verdict.ready.update(draft.rows)
        self.verdict.matched.append(
            Matched(
                lesson=lesson,
                version_id=one.wording.version_id,
                observer_id=one.observer,
                observed_id=one.teacher,
                school_id=spell.school_id,
                role=spell.role,
                is_cross_school=not works_at(spells, one.observer, spell.school_id, draft.day),
                elements=[one.wording.elements[code] for _, code, _, _ in one.ratings],
            )
        )
