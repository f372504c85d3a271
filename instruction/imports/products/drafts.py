"""From rows of text to observations whose words are not matched yet; pure.

Each different text is kept once, however many rows repeat it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice

from instruction.imports.products.layout import EVIDENCE, RATING, Layout, names_of
from instruction.imports.products.unreadable import Unreadable
from instruction.imports.products.words import day_of, norm

LONGEST_KEY, LONGEST_EVIDENCE = 255, 20_000
# Rows within which the header is looked for, where the layout's own row is not it.
HEAD = 20


@dataclass(frozen=True, slots=True)
class Who:
    """A person as a file names them; each part may be empty."""

    id: str = ""
    email: str = ""
    name: str = ""

    @property
    def text(self) -> str:
        """What stands for the person in the file: the id, else the e-mail address, else the name."""
        return self.id or self.email or self.name


@dataclass(slots=True)
class Draft:
    """One observation as the file has it. `key`: its id in the file, or "" when it is made from what it says."""

    row: int
    key: str
    day: date
    kind: str
    purpose: str
    school: str
    teacher: Who
    observer: Who
    rows: list[int] = field(default_factory=list)
    # (row, element as written or, in a wide file, its code, level as written, evidence) of each rating.
    ratings: list[tuple[int, str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Drafts:
    """What a file holds: observations, how many rows, and faults as (row, column, code).

    `others`: those that are not to be imported now, for the file has been imported in part.
    """

    observations: list[Draft] = field(default_factory=list)
    others: list[Draft] = field(default_factory=list)
    n_rows: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    wrong_rows: set[int] = field(default_factory=set)

    def keep_only(self, rows: set[int]) -> None:
        """Set aside what is not of these rows: it was imported, or found wrong, before."""
        self.others = [one for one in self.observations if not rows.intersection(one.rows)]
        self.observations = [one for one in self.observations if rows.intersection(one.rows)]
        self.faults, self.wrong_rows = [], set()


def has_columns(header: list[str], layout: Layout) -> bool:
    """Say whether a row names every column that the layout speaks of."""
    names = names_of(header)
    return all(_place_of(name, names, layout) is not None for name, said in layout.columns.items() if said)


def _place_of(name: str, names: list[str], layout: Layout) -> int | None:
    """Return where a column stands: by its very name, else by the one that differs in capitals and spaces only."""
    if name in names:
        return names.index(name)
    like = [
        place
        for place, other in enumerate(names)
        if norm(other) == norm(name) and other not in layout.columns
    ]
    return like[0] if len(like) == 1 else None


class Columns:
    """The cells of a row by field; the last columns may be missing from a row."""

    def __init__(self, header: list[str], layout: Layout) -> None:
        self.names = names_of(header)
        places = {
            said: place
            for name, said in layout.columns.items()
            if said and (place := _place_of(name, self.names, layout)) is not None
        }
        self.places = places
        self.width = len(header)
        self.ratings = [(one[len(RATING) :], at) for one, at in places.items() if one.startswith(RATING)]
        self.evidence = {one[len(EVIDENCE) :]: at for one, at in places.items() if one.startswith(EVIDENCE)}

    def name_of(self, said: str) -> str:
        """Return the file's own name of the column of a field; "" without one."""
        return self.names[self.places[said]] if said in self.places else ""

    def cell(self, cells: list[str], said: str) -> str:
        place = self.places.get(said)
        return "" if place is None or place >= len(cells) else cells[place].strip()


class Reader:
    """Makes drafts of rows; one per file."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.drafts = Drafts()
        self._texts: dict[str, str] = {}
        self._people: dict[Who, Who] = {}
        self._days: dict[str, date | None] = {}
        self._known: dict[tuple[object, ...], Draft] = {}
        self._spoiled: dict[tuple[object, ...], list[int]] = {}

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> Drafts:
        """Return the file's observations. Unreadable when the header row lacks the layout's columns."""
        below = self._below(iter(rows))
        for number, cells in below:
            self.drafts.n_rows += 1
            self._row(number, cells)
        if not self.drafts.n_rows:
            raise Unreadable("empty-file")
        wrong = self.drafts.wrong_rows
        kept = [one for one in self._known.values() if not wrong.intersection(one.rows)]
        # An observation comes in whole or not at all: one bad row takes its others along.
        wrong.update(row for one in self._known.values() if wrong.intersection(one.rows) for row in one.rows)
        self.drafts.observations = kept
        return self.drafts

    def _below(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Take the header off: the row the layout names, else the first of the file's head with its columns."""
        head = list(islice(rows, max(HEAD, self.layout.header_row)))
        for number, cells in sorted(head, key=lambda row: row[0] != self.layout.header_row):
            if has_columns(cells, self.layout):
                self.columns = Columns(cells, self.layout)
                return chain((row for row in head if row[0] > number), rows)
        raise Unreadable("no-header", row=self.layout.header_row)

    def _row(self, number: int, cells: list[str]) -> None:
        before = len(self.drafts.faults)
        if len(cells) > self.columns.width and any(cell.strip() for cell in cells[self.columns.width :]):
            self._fault(number, "", "more-cells")
        read = {said: self._text(number, cells, said) for said in self.columns.places if not _is_free(said)}
        day = self._day(number, read["date"])
        teacher, observer = self._who(number, "teacher", read), self._who(number, "observer", read)
        kind = self._said(number, "kind", read)
        purpose = self._said(number, "purpose", read)
        key = self._needed(number, "observation_id", read) if "observation_id" in read else ""
        if day is None or len(self.drafts.faults) > before:
            self.drafts.wrong_rows.add(number)
            self._spoil(number, (key,) if key else (teacher, day, observer))
            return
        draft = Draft(number, key, day, kind, purpose, read.get("school", ""), teacher, observer)
        self._add(number, cells, read, draft)

    def _spoil(self, number: int, group: tuple[object, ...]) -> None:
        """Remember that a row of this observation is wrong, also when its other rows come later."""
        known = self._known.get(group)
        if known is not None:
            known.rows.append(number)
        else:
            self._spoiled.setdefault(group, []).append(number)

    def _add(self, number: int, cells: list[str], read: dict[str, str], draft: Draft) -> None:
        group: tuple[object, ...] = (draft.key,) if draft.key else (draft.teacher, draft.day, draft.observer)
        known = self._known.get(group)
        if known is None:
            known = self._known[group] = draft
            draft.rows.extend(self._spoiled.pop(group, []))
        elif self.layout.is_wide:
            self._fault(number, "observation_id" if draft.key else "teacher", "observation-twice")
        elif column := _differs(known, draft):
            self._fault(number, column, "rows-disagree")
        known.rows.append(number)
        if self.layout.is_wide:
            known.ratings += self._wide(number, cells)
        else:
            self._long(number, cells, read, known)

    def _wide(self, number: int, cells: list[str]) -> Iterator[tuple[int, str, str, str]]:
        for code, place in self.columns.ratings:
            level = cells[place].strip() if place < len(cells) else ""
            if len(level) > LONGEST_KEY:
                self._fault(number, RATING + code, "long-cell")
            elif level:
                at = self.columns.evidence.get(code, len(cells))
                evidence = cells[at].strip() if at < len(cells) else ""
                if len(evidence) > LONGEST_EVIDENCE:
                    self._fault(number, EVIDENCE + code, "long-cell")
                yield number, code, self._once(level), evidence

    def _long(self, number: int, cells: list[str], read: dict[str, str], known: Draft) -> None:
        element = self._needed(number, "element", read)
        evidence = self.columns.cell(cells, "evidence")
        if len(evidence) > LONGEST_EVIDENCE:
            self._fault(number, "evidence", "long-cell")
        if element and read["level"]:
            known.ratings.append((number, element, read["level"], evidence))

    def _text(self, number: int, cells: list[str], said: str) -> str:
        text = self.columns.cell(cells, said)
        if len(text) > LONGEST_KEY:
            self._fault(number, said, "long-cell")
        return self._once(text)

    def _once(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _needed(self, number: int, said: str, read: dict[str, str]) -> str:
        if not read[said]:
            self._fault(number, said, "empty-cell")
        return read[said]

    def _said(self, number: int, said: str, read: dict[str, str]) -> str:
        """Return the kind or purpose: the row's own, or what was said for every row."""
        return self._needed(number, said, read) if said in read else getattr(self.layout, said)

    def _who(self, number: int, who: str, read: dict[str, str]) -> Who:
        parts = [read.get(f"{who}_{part}", "") for part in ("given", "family")]
        name = read.get(f"{who}_name", "") or " ".join(part for part in parts if part)
        found = Who(read.get(f"{who}_id", ""), read.get(f"{who}_email", ""), self._once(name))
        if not found.text:
            said = next(one for one in self.columns.places if one.startswith(f"{who}_"))
            self._fault(number, said, "empty-cell")
        return self._people.setdefault(found, found)

    def _day(self, number: int, text: str) -> date | None:
        if text not in self._days:
            self._days[text] = day_of(text, self.layout.date_format)
        if self._days[text] is None:
            self._fault(number, "date", "bad-date-cell" if text else "empty-cell")
        return self._days[text]

    def _fault(self, number: int, said: str, code: str) -> None:
        self.drafts.wrong_rows.add(number)
        self.drafts.faults.append((number, self.columns.name_of(said), code))


def _is_free(said: str) -> bool:
    """Whether a field holds free text, which may be longer than other cells."""
    return said == "evidence" or said.startswith(EVIDENCE)


def _differs(known: Draft, other: Draft) -> str:
    """Return the first field in which two rows of one observation differ; "" when they agree."""
    for said in ("kind", "purpose", "school"):
        if getattr(known, said) != getattr(other, said):
            return said
    if known.day != other.day:
        return "date"
    if known.teacher != other.teacher:
        return "teacher_id"
    return "observer_id" if known.observer != other.observer else ""


def made_id(teacher: int, day: date, observer: int) -> str:
    """Return the id of an observation that has none in the file: the same for the same people and day."""
    said = f"{teacher}|{day.isoformat()}|{observer}"
    return f"made-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
