"""What the columns of a file mean: where its header is, which column is which field, what the file does not say.

A layout is kept as JSON, on a file while it waits and in a saved mapping. Columns are known by their names,
so that a later export with its columns in another order is read alike.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from instruction.imports.products.words import element_of, norm

RATING, EVIDENCE = "rating:", "evidence:"
PERSON_PARTS = ("id", "email", "name", "given", "family")
FIELDS = (
    "observation_id", "date", "school",
    *(f"teacher_{part}" for part in PERSON_PARTS), *(f"observer_{part}" for part in PERSON_PARTS),
    "kind", "purpose", "element", "level", "evidence",
)  # fmt: skip
_HEADER_WITHIN = 20

# Names that products give their columns. A purpose is not among them: it is never guessed.
_USUAL = {
    "observation_id": r"(observation|evaluation|walkthrough|visit|event|record) ?(id|number|no|#)|id",
    "date": r"(observation|evaluation|visit|walkthrough|observed) ?(date|on)|date( of (observation|visit))?|observed at",
    "school": r"(school|site|campus|building|location)( ?name)?",
    "teacher_id": r"(employee|teacher|staff|educator|emp|observee) ?(id|number|no|#)|local id",
    "teacher_email": r"(teacher|employee|staff|educator|observee)('s)? ?e-?mail( address)?|e-?mail",
    "teacher_name": r"(teacher|employee|staff|educator|observee)('s)?( full)?( ?name)?|name",
    "teacher_given": r"((teacher|employee|staff|educator)('s)? )?(first|given) ?name",
    "teacher_family": r"((teacher|employee|staff|educator)('s)? )?(last|family|sur) ?name",
    "observer_id": r"(observer|evaluator|rater|administrator) ?(id|number|no|#|employee id)",
    "observer_email": r"(observer|evaluator|rater|administrator)('s)? ?e-?mail( address)?",
    "observer_name": r"(observer|evaluator|rater|administrator|observed by)('s)?( full)?( ?name)?",
    "observer_given": r"(observer|evaluator|rater)('s)? (first|given) ?name",
    "observer_family": r"(observer|evaluator|rater)('s)? (last|family|sur) ?name",
    "kind": r"(observation|evaluation|visit) ?(type|kind)|type|kind",
    "element": r"(element|indicator|component|measurement|criterion|standard|competency)( ?(name|code))?",
    "level": r"(level|score|rating|rating value|proficiency level)",
    "evidence": r"(evidence|comments?|notes?|feedback|rationale|text)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one file. `columns`: name of a column -> field, rating:CODE or evidence:CODE.

    `source`: code of the product, whose ids and words these are; `people`: code of the system whose ids name
    people. `kind` and `purpose`: for every row, where no column says them. `date_format`: of words.DATE_FORMATS.
    """

    columns: dict[str, str]
    source: str = ""
    people: str = ""
    sheet: str = ""
    header_row: int = 1
    delimiter: str = ""
    encoding: str = ""
    date_format: str = "iso"
    kind: str = ""
    purpose: str = ""
    save_as: str = ""
    # whether a mapping of that name may be replaced that is another product's or another purpose's
    replaces: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether a row is an observation with a column for each element; else a row is one rating."""
        return any(one.startswith(RATING) for one in self.columns.values())

    @property
    def fields(self) -> set[str]:
        return set(self.columns.values())

    def faults(self) -> list[str]:
        """Return codes of what keeps the layout from being used; empty when it can be."""
        found = []
        counts = Counter(one for one in self.columns.values() if one)
        if any(count > 1 for count in counts.values()):
            found.append("field-twice")
        if not self.is_wide and not {"element", "level"} <= counts.keys():
            found.append("no-ratings")
        if self.is_wide and {"element", "level"} & counts.keys():
            found.append("two-shapes")
        if "date" not in counts:
            found.append("no-date")
        found += [f"no-{who}" for who in ("teacher", "observer") if not _names(who, counts.keys())]
        for said in ("kind", "purpose"):
            if bool(getattr(self, said)) == (said in counts):
                found.append(f"{said}-twice" if said in counts else f"no-{said}")
        if not self.source:
            found.append("no-source")
        return found

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        return cls(**said)


def _names(who: str, fields: Iterable[str]) -> bool:
    held = set(fields)
    return bool({f"{who}_id", f"{who}_email", f"{who}_name"} & held) or {
        f"{who}_given", f"{who}_family",
    } <= held  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A field that a column seems to be; `is_sure` where its name says so word for word."""

    field: str
    is_sure: bool = False


def names_of(header: Sequence[str]) -> list[str]:
    """Return a name for each column: as written, numbered where empty or there before."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(cell.split())[:200] or f"(column {place})"
        names.append(name if name not in names else f"{name} (column {place})")
    return names


def fingerprint(names: Iterable[str]) -> str:
    """Return what is the same for every file with these columns, in whatever order and capitals."""
    return hashlib.sha256("\n".join(sorted(map(norm, names))).encode()).hexdigest()


def header_row_of(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Return the number of the row that looks like a header: the first that is wide, of different words."""
    within = rows[:_HEADER_WITHIN]
    widest = max((_filled(cells) for _, cells in within), default=0)
    for number, cells in within:
        said = [norm(cell) for cell in cells if cell.strip()]
        words = [cell for cell in said if not re.fullmatch(r"[0-9./:\- ]+", cell)]
        if (
            len(said) >= max(2, 0.6 * widest)
            and len(set(said)) == len(said)
            and len(words) >= 0.8 * len(said)
        ):
            return number
    return within[0][0] if within else 1


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def guess(names: Sequence[str], elements: Mapping[str, str]) -> dict[str, Guess]:
    """Return a guess for the columns whose names suggest a field or an element; each field once."""
    found: dict[str, Guess] = {}
    taken: set[str] = set()
    for name in names:
        one = _guess(name, elements)
        if one and one.field not in taken:
            found[name] = one
            taken.add(one.field)
    if any(one.field.startswith(RATING) for one in found.values()):
        long = {"element", "level", "evidence"}
        found = {name: one for name, one in found.items() if one.field not in long}
    return found


def _guess(name: str, elements: Mapping[str, str]) -> Guess | None:
    said = norm(name.replace("_", " "))
    for one, pattern in _USUAL.items():
        if re.fullmatch(pattern, said):
            return Guess(one, is_sure=said == norm(one.replace("_", " ")))
    comment = re.fullmatch(r"(.+?)[ :\-–]+(comments?|evidence|notes?|rationale|feedback)", said)
    code, is_sure = element_of(comment[1] if comment else said, elements)
    if not code or (comment and not is_sure and code.casefold() not in said.split()):
        return None
    return Guess((EVIDENCE if comment else RATING) + code, is_sure and not comment)
