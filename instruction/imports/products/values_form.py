"""The form that asks what the unknown words of a file mean."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from instruction.imports.products import labels
from instruction.imports.products.choices import PEOPLE, Choices, NotAChoice, Option, people_in
from instruction.imports.products.look import shown
from instruction.models import ObservationImport, ValueKind

SHOWN = 100


@dataclass(slots=True)
class Asked:
    """One word as the form asks about it."""

    kind: str
    text: str
    written: str
    hint: str
    how: str
    count: int
    options: list[Option]
    chosen: str
    field: str
    typed: str = ""
    error: str = ""
    takes_id: bool = False
    is_guess: bool = False


def field_of(kind: str, text: str) -> str:
    """Return the name of a word's control: the same however the words are ordered."""
    return f"value-{hashlib.sha256(f'{kind}|{text}'.encode()).hexdigest()[:20]}"


class ValuesForm:
    """The most frequent unknown words of a file. Suggestions are chosen, purposes never."""

    def __init__(self, upload: ObservationImport, posted: Mapping[str, str] | None, *, is_seen: bool) -> None:
        self._is_seen = is_seen
        values: list[dict[str, Any]] = upload.outlook.get("values", [])
        self.n_more = max(0, upload.outlook.get("n_values", len(values)) - SHOWN)
        self._choices = Choices(people_in(values), people=(upload.layout or {}).get("people", ""))
        self.asked = [self._asked(one, posted) for one in values[:SHOWN]]
        self.answers: dict[str, dict[str, str]] = {}

    def _asked(self, one: dict[str, Any], posted: Mapping[str, str] | None) -> Asked:
        kind, name = one["kind"], field_of(one["kind"], one["text"])
        suggested = [int(one["suggestion"][4:])] if one["suggestion"].startswith("row:") else []
        guess = self._choices.preselected(kind, one["written"], one["suggestion"])
        return Asked(
            kind=kind,
            text=one["text"],
            written=shown(one["written"], self._is_seen),
            hint=shown(one["hint"], self._is_seen),
            how=str(labels.HOW.get(one["how"], "")) if one["suggestion"] or one["candidates"] else "",
            count=one["count"],
            options=self._choices.options(kind, [*suggested, *one["candidates"]]),
            chosen=guess if posted is None else posted.get(name, ""),
            is_guess=posted is None and bool(guess),
            field=name,
            typed="" if posted is None else posted.get(f"{name}-id", "")[:255],
            takes_id=kind in PEOPLE,
        )

    @property
    def sections(self) -> list[tuple[str, list[Asked]]]:
        """The words by what they stand for, in the order of the kinds."""
        order = list(ValueKind.values)
        by_kind = sorted(self.asked, key=lambda one: order.index(one.kind))
        return [
            (str(ValueKind(kind).label), list(some)) for kind, some in groupby(by_kind, lambda one: one.kind)
        ]

    @property
    def has_errors(self) -> bool:
        return any(one.error for one in self.asked)

    def is_valid(self) -> bool:
        """Read the answers; False where one is not among its choices, which is said beside it."""
        for one in self.asked:
            try:
                meaning = self._choices.parse(one.kind, one.chosen, one.typed.replace("\0", ""))
            except NotAChoice as error:
                one.error = str(error)
                continue
            if meaning is not None:
                said = f"row:{meaning.row}" if meaning.row is not None else f"code:{meaning.code}"
                self.answers.setdefault(str(one.kind), {})[one.text] = said
        return not self.has_errors
