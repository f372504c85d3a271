"""Match a file's observations to the district: people, their schools on the day, elements, videos."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alignment_dash import schoolyear
from instruction.imports.findings import Findings
from instruction.imports.reader import Lesson
from instruction.models import CalibrationVideo, ElementVersion, FrameworkVersion, ObservationKind
from schools.models import ExternalId, Kind, OrgType, SourceSystem, StaffAssignment, StaffRole


@dataclass(frozen=True, slots=True)
class Wording:
    """A framework version in force: the names of its levels from 1 up, ids and names of its elements by code."""

    version_id: int
    levels: tuple[str, ...]
    elements: dict[str, int]
    names: dict[str, str]

    @property
    def highest(self) -> int:
        return len(self.levels)


@dataclass(frozen=True, slots=True)
class Spell:
    """Work at a school over a time."""

    school_id: int
    role: str
    is_primary: bool
    first: date
    end: date

    def on(self, day: date) -> bool:
        return self.first <= day < self.end


@dataclass(frozen=True, slots=True)
class Matched:
    """A lesson with the ids of what it names; `elements` in the order of its ratings."""

    lesson: Lesson
    version_id: int
    observer_id: int
    observed_id: int | None
    school_id: int | None
    role: str
    is_cross_school: bool
    elements: list[int]


class Matcher:
    """Holds what the database knows of a file's people and frameworks; five queries whatever the file's size."""

    def __init__(self, lessons: list[Lesson], system: SourceSystem, findings: Findings) -> None:
        self._findings = findings
        self._today = schoolyear.today()
        wanted = {lesson.observer for lesson in lessons} | {lesson.teacher for lesson in lessons} - {""}
        known = ExternalId.objects.filter(system=system, kind=Kind.PERSON, external_id__in=wanted)
        self._people = dict(known.values_list("external_id", "row_id"))
        self._spells = spells_of(self._people.values())
        years = {schoolyear.year_of(lesson.day) for lesson in lessons if lesson.day <= self._today}
        self._wordings = wordings_of(years)

    def match(self, lesson: Lesson, only_year: int | None) -> Matched | None:
        """Return the lesson with its ids, or None after saying what is wrong with it."""
        before = self._findings.total
        wording = self._wording(lesson, only_year)
        observer = self._person(lesson, "observer", lesson.observer)
        observed = self._observed(lesson)
        if observer is not None and observer == observed:
            self._findings.add("self-observation", rows=[lesson.row], column="teacher")
        spell = self._spell(lesson, observer, observed) if wording else None
        if wording is None or observer is None or self._findings.total > before:
            return None
        return Matched(
            lesson=lesson,
            version_id=wording.version_id,
            observer_id=observer,
            observed_id=observed,
            school_id=spell.school_id if spell else None,
            role=spell.role if spell else "",
            is_cross_school=spell is not None
            and not works_at(self._spells, observer, spell.school_id, lesson.day),
            elements=[wording.elements[code] for _, code, _, _ in lesson.ratings],
        )

    def _wording(self, lesson: Lesson, only_year: int | None) -> Wording | None:
        year = schoolyear.year_of(lesson.day)
        if lesson.day > self._today:
            self._findings.add("future-date", rows=[lesson.row], column="date")
            return None
        if only_year is not None and year != only_year:
            self._findings.add(
                "outside-year", rows=[lesson.row], column="date", year=schoolyear.label(only_year)
            )
            return None
        wordings = self._wordings.get(year)
        if not wordings:
            self._findings.add("no-framework", rows=[lesson.row], column="date")
            return None
        wording = next((one for one in wordings if lesson.codes <= one.elements.keys()), wordings[0])
        self._check_ratings(lesson, wording)
        return wording

    def _check_ratings(self, lesson: Lesson, wording: Wording) -> None:
        for row, code, level, _ in lesson.ratings:
            if code not in wording.elements:
                names = ", ".join(wording.elements)
                self._findings.add("unknown-element", rows=[row], column="element", names=names)
            if not 1 <= level <= wording.highest:
                self._findings.add("level-outside-scale", rows=[row], column="level", highest=wording.highest)

    def _person(self, lesson: Lesson, column: str, external_id: str) -> int | None:
        person = self._people.get(external_id)
        if person is None:
            self._findings.add("unknown-person", rows=[lesson.row], column=column)
        return person

    def _observed(self, lesson: Lesson) -> int | None:
        if lesson.kind == ObservationKind.CALIBRATION:
            if lesson.teacher:
                self._findings.add("teacher-and-video", rows=[lesson.row], column="teacher")
            if not lesson.video:
                self._findings.add("empty-cell", rows=[lesson.row], column="video")
            return None
        if lesson.video:
            self._findings.add("video-without-kind", rows=[lesson.row], column="video")
        if not lesson.teacher:
            self._findings.add("empty-cell", rows=[lesson.row], column="teacher")
            return None
        return self._person(lesson, "teacher", lesson.teacher)

    def _spell(self, lesson: Lesson, observer: int | None, observed: int | None) -> Spell | None:
        """Return where the teacher worked that day: as a teacher first, then with the observer, then mainly."""
        if observed is None:
            return None
        spell = workplace(self._spells, observed, observer, lesson.day)
        if spell is None:
            self._findings.add("no-assignment", rows=[lesson.row], column="teacher")
        return spell


Spells = Mapping[int, list[Spell]]


def works_at(spells: Spells, person: int | None, school_id: int, day: date) -> bool:
    """Say whether someone works at a school on a day."""
    held = spells.get(person, ()) if person is not None else ()
    return any(spell.school_id == school_id and spell.on(day) for spell in held)


def workplace(
    spells: Spells, observed: int, observer: int | None, day: date, *, school_id: int | None = None
) -> Spell | None:
    """Return where the observed worked that day: as a teacher first, then with the observer, then mainly.

    With `school_id` only at that school. None when they worked at none.
    """
    held = [
        spell
        for spell in spells.get(observed, ())
        if spell.on(day) and (school_id is None or spell.school_id == school_id)
    ]
    return min(
        held,
        key=lambda spell: (
            spell.role != StaffRole.TEACHER,
            not works_at(spells, observer, spell.school_id, day),
            not spell.is_primary,
            spell.school_id,
        ),
        default=None,
    )


def videos_for(lessons: Iterable[Lesson]) -> tuple[dict[str, int], int]:
    """Return the ids of the named videos by title and how many were new: the first mention makes one."""
    titles = sorted({lesson.video for lesson in lessons if lesson.video})
    known = dict(CalibrationVideo.objects.filter(title__in=titles).order_by("-pk").values_list("title", "pk"))
    made = CalibrationVideo.objects.bulk_create(
        CalibrationVideo(title=title) for title in titles if title not in known
    )
    return known | {video.title: video.pk for video in made}, len(made)


def spells_of(people: Iterable[int]) -> dict[int, list[Spell]]:
    """Return where each of the people has worked at schools; one query."""
    spells = defaultdict(list)
    rows = StaffAssignment.objects.filter(person__in=set(people), org__type=OrgType.SCHOOL).values_list(
        "person_id", "org_id", "role", "is_primary", "during"
    )
    for person, school, role, is_primary, during in rows:
        if not during.isempty:
            first, end = during.lower or date.min, during.upper or date.max
            spells[person].append(Spell(school, role, is_primary, first, end))
    return dict(spells)


def wordings_of(years: Iterable[int]) -> dict[int, list[Wording]]:
    """Return the teaching versions in force in each year: one query a year, and one for the elements."""
    versions = {year: list(FrameworkVersion.objects.in_force(year).teaching()) for year in years}
    elements: dict[int, dict[str, int]] = defaultdict(dict)
    names: dict[int, dict[str, str]] = defaultdict(dict)
    worded = ElementVersion.objects.filter(version__in={one.pk for held in versions.values() for one in held})
    for version, code, pk, name in worded.order_by("place").values_list(
        "version_id", "element__code", "pk", "name"
    ):
        elements[version][code], names[version][code] = pk, name
    return {
        year: [Wording(one.pk, tuple(one.level_names), elements[one.pk], names[one.pk]) for one in held]
        for year, held in versions.items()
    }
