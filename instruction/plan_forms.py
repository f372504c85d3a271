"""The targets of a school's improvement plan as a form: a field an element, blank for none."""

from collections.abc import Iterator
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from instruction.actions import Setting
from instruction.queries.school_plan import PlanLine, PlanPage
from instruction.target_forms import level_field, number_seen


class PlanForm(forms.Form):
    """Each field carries what was seen there, so that nobody overwrites unseen."""

    def __init__(self, page: PlanPage, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={_name(line): line.own for line in page.lines})
        self.typed = data
        self.page = page
        for line in page.lines:
            words = _("{element}: target of the school plan").format(element=line.wording.name)
            self.fields[_name(line)] = level_field(page.standing.version, words)

    def rows(self) -> Iterator[tuple[PlanLine, forms.BoundField, str]]:
        """Yield each line with its field and the name of what says what was seen."""
        for line in self.page.lines:
            yield line, self[_name(line)], _seen(line)

    def settings(self) -> list[Setting]:
        """Return what is to be set, each with what the sender saw."""
        return [
            Setting(
                line.code, self.cleaned_data[_name(line)], "", number_seen(self.data.get(_seen(line), ""))
            )
            for line in self.page.lines
        ]

    def with_theirs(self, now: dict[tuple[str, str], Decimal | None]) -> "PlanForm":
        """Return the form as typed, save where someone else has set something meanwhile: there it shows theirs."""
        data = QueryDict(mutable=True) if self.typed is None else self.typed.copy()
        for line in self.page.lines:
            if (line.code, "") in now:
                value = now[line.code, ""]
                data[_name(line)] = "" if value is None else str(value)
        return PlanForm(self.page, data)


def _name(line: PlanLine) -> str:
    return f"target.{line.wording.element.uid}"


def _seen(line: PlanLine) -> str:
    return f"seen.{line.wording.element.uid}"
