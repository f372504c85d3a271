"""Decide which sections meet, who teaches them and which students sit in them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schools.sample.plan_places import GRADES_OF, Floats, Ints, Places, apportion
from schools.sample.plan_teachers import CLASSROOM, SUBJECTS, Teachers

ELEMENTARY_GRADES = 6  # KG to 05: one class, most subjects with its own teacher
N_CORE = 4
ELEMENTARY_SUBJECTS, SECONDARY_SUBJECTS = SUBJECTS[:6], SUBJECTS
_CLASS_SIZE_ELEMENTARY, _CLASS_SIZE_SECONDARY = 20.0, 24.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Students of one grade in one school; `first_student` and `first_section` number them through."""

    school: Ints
    grade: Ints
    students: Ints
    classes: Ints
    first_student: Ints
    first_section: Ints
    subjects: Ints  # how many of SUBJECTS, from the first


@dataclass(frozen=True, slots=True)
class Sections:
    """One entry per section; `cell` says school and grade, `teacher` is a person's number."""

    cell: Ints
    subject: Ints
    number: Ints
    teacher: Ints


def plan_cells(places: Places, rng: np.random.Generator) -> Cells:
    """Spread each school's students evenly, but not quite, over its grades."""
    school: list[int] = []
    grade: list[int] = []
    students: list[int] = []
    for at, (level, count) in enumerate(zip(places.level, places.students.tolist(), strict=True)):
        grades = GRADES_OF[level]
        school.extend([at] * len(grades))
        grade.extend(grades)
        students.extend(apportion(rng.uniform(0.9, 1.1, len(grades)), count).tolist())
    n, is_elementary = np.array(students), np.array(grade) < ELEMENTARY_GRADES
    size = np.where(is_elementary, _CLASS_SIZE_ELEMENTARY, _CLASS_SIZE_SECONDARY)
    classes = np.maximum(1, np.round(n / size)).astype(np.int64)
    subjects = np.where(is_elementary, len(ELEMENTARY_SUBJECTS), len(SECONDARY_SUBJECTS))
    return Cells(
        np.array(school), np.array(grade), n, classes, _starts(n), _starts(classes * subjects), subjects
    )


def plan_sections(cells: Cells, teachers: Teachers) -> Sections:
    """Return the sections of every cell: by subject, then class; each with a teacher of the subject."""
    per_cell = cells.classes * cells.subjects
    cell = np.repeat(np.arange(len(cells.school)), per_cell)
    within = np.arange(len(cell)) - np.repeat(cells.first_section, per_cell)
    subject, number = within // cells.classes[cell], within % cells.classes[cell]
    return Sections(cell, subject, number, _teachers(cells, cell, subject, number, teachers))


def _teachers(cells: Cells, cell: Ints, subject: Ints, number: Ints, teachers: Teachers) -> Ints:
    """Deal sections to the school's teachers of the subject in turn; to all of them where it has none."""
    by_field: dict[tuple[int, str], list[int]] = {}
    everyone: dict[int, list[int]] = {}
    for person, (school, taught) in enumerate(zip(teachers.school.tolist(), teachers.field, strict=True)):
        by_field.setdefault((school, taught), []).append(person)
        everyone.setdefault(school, []).append(person)
    first_class = _starts(cells.classes)
    turn: dict[tuple[int, str], int] = {}
    chosen = []
    for c, s, k in zip(cell.tolist(), subject.tolist(), number.tolist(), strict=True):
        school = int(cells.school[c])
        if s < N_CORE and cells.grade[c] < ELEMENTARY_GRADES:
            # The same teacher for all core subjects of a class.
            at, field = int(first_class[c]) + k, CLASSROOM
        else:
            field = SUBJECTS[s]
            at = turn[school, field] = turn.get((school, field), -1) + 1
        able = by_field.get((school, field)) or everyone[school]
        chosen.append(able[at % len(able)])
    return np.array(chosen, np.int64)


def plan_enrollments(cells: Cells, total: int, rng: np.random.Generator) -> list[tuple[Ints, Ints]]:
    """Return (student, section) for each subject: all core subjects, and as many others as make up `total`.

    Students and sections are numbered through. Elementary classes stay together; older students are mixed
    anew in every subject.
    """
    cell = np.repeat(np.arange(len(cells.school)), cells.students)
    rank = np.arange(len(cell)) - cells.first_student[cell]
    classes, n_subjects = cells.classes[cell], cells.subjects[cell]
    is_elementary = cells.grade[cell] < ELEMENTARY_GRADES
    kept = _optional(n_subjects, total, rng)
    pairs = []
    for subject in range(len(SUBJECTS)):
        taken = np.flatnonzero(kept[:, subject])
        mix = np.where(is_elementary, 0, subject * (rank // classes))[taken]
        section = (
            cells.first_section[cell[taken]] + subject * classes[taken] + (rank[taken] + mix) % classes[taken]
        )
        pairs.append((taken, section))
    return pairs


def _optional(n_subjects: Ints, total: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return (students, subjects): what each sits in."""
    offered = np.arange(len(SUBJECTS)) < n_subjects[:, None]
    kept = offered.copy()
    kept[:, N_CORE:] = False
    candidates = np.flatnonzero(offered & ~kept)
    more = min(max(total - N_CORE * len(n_subjects), 0), len(candidates))
    kept.ravel()[rng.permutation(candidates)[:more]] = True
    return kept


def plan_abilities(places: Places, cells: Cells, rng: np.random.Generator) -> Floats:
    """Return each student's standing, in standard deviations: a fifth of its variance lies between schools."""
    own = rng.standard_normal(int(cells.students.sum()))
    return np.sqrt(0.2) * np.repeat(places.intake[cells.school], cells.students) + np.sqrt(0.8) * own


def _starts(counts: Ints) -> Ints:
    return np.cumsum(counts) - counts
