"""The table of targets as one form: a field a cell, blank for none."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from instruction.actions import Setting
from instruction.models import FrameworkVersion
from instruction.queries.targets import TargetLine, TargetTable


def level_field(version: FrameworkVersion, label: str) -> forms.DecimalField:
    """Return the field of one target; `label` is read aloud, for its row and column say it to the eye."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=1,
        max_value=len(version.level_names),
        max_digits=4,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"aria-label": label, "inputmode": "decimal"}),
    )


class TargetForm(forms.Form):
    """All cells of a table. Beside each row it carries what was seen there, so that nobody overwrites unseen."""

    def __init__(self, table: TargetTable, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        for line in table.lines:
            for level, label in table.levels:
                name = line.wording.name
                words = f"{name}, {label}" if level else _("{element}, all schools").format(element=name)
                self.fields[field_name(line, level)] = level_field(table.version, words)

    def rows(self) -> Iterator[tuple[TargetLine, str, list[tuple[forms.BoundField, Decimal | None]]]]:
        """Yield each line, what was seen in it, and its fields with last year's targets."""
        for line in self.table.lines:
            cells = [
                (self[field_name(line, level)], line.before.get(level)) for level, _label in self.table.levels
            ]
            yield line, seen_text(self.table, line), cells

    def settings(self) -> list[Setting]:
        """Return what is to be set, each with what the sender saw."""
        found = []
        for line in self.table.lines:
            seen = seen_values(self.data.get(seen_name(line), ""), self.table)
            for level, _label in self.table.levels:
                value = self.cleaned_data[field_name(line, level)]
                found.append(Setting(line.code, value, level, seen.get(level)))
        return found


def field_name(line: TargetLine, level: str) -> str:
    """Return the name of a cell's field."""
    return f"target.{line.wording.element.uid}.{level or 'all'}"


def seen_name(line: TargetLine) -> str:
    """Return the name of the hidden input that says what stood in a row."""
    return f"seen.{line.wording.element.uid}"


def seen_text(table: TargetTable, line: TargetLine) -> str:
    """Return what stands in a row as one text."""
    return ",".join(f"{line.values.get(level, '')}" for level, _label in table.levels)


def seen_values(text: str, table: TargetTable) -> dict[str, Decimal]:
    """Return what the text of `seen_text` says; nothing of what cannot be read."""
    given = zip(table.levels, text.split(","), strict=False)
    return {level: value for (level, _label), one in given if (value := number_seen(one)) is not None}


def number_seen(text: str) -> Decimal | None:
    """Return the target that a hidden input says was seen; None where it holds no number that a target could be."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def initial(table: TargetTable, *, copies: bool) -> Mapping[str, Decimal]:
    """Return what the fields show: this year's targets, and, where it `copies`, last year's where there is none."""
    values: dict[str, Decimal] = {}
    for line in table.lines:
        shown = line.values or (line.before if copies else {})
        values |= {field_name(line, level): value for level, value in shown.items()}
    return values
