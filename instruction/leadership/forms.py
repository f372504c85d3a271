"""The form of a self-assessment: a level with its descriptor, and why, for every element."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from instruction.leadership.actions import LONGEST, Level
from instruction.leadership.saying import Mine
from instruction.models import ElementVersion
from instruction.revisions import area

NOT_YET = ""


class Row(NamedTuple):
    """One element with its two fields."""

    element: ElementVersion
    level: forms.BoundField
    why: forms.BoundField


class AssessmentForm(forms.Form):
    """Levels of an own self-assessment; `revision` is what its sender saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: QueryDict | None = None, *, of: Mine, elements: list[ElementVersion]) -> None:
        initial: dict[str, Any] = {"revision": of.row.revision}
        for pk, one in of.levels.items():
            initial |= {f"level_{pk}": str(one.level), f"why_{pk}": one.why}
        super().__init__(data, initial=initial)
        self.elements = elements
        names = of.row.version.level_names
        for element in elements:
            self.fields[f"level_{element.pk}"] = _level_field(element, names)
            self.fields[f"why_{element.pk}"] = area(gettext_lazy("What this rests on"), LONGEST, rows=2)

    def rows(self) -> Iterator[Row]:
        """Yield the elements with their fields, in the order of the framework."""
        for one in self.elements:
            yield Row(one, self[f"level_{one.pk}"], self[f"why_{one.pk}"])

    def clean(self) -> dict[str, Any]:
        """Refuse a reason without a level."""
        found = super().clean() or {}
        for one in self.elements:
            if found.get(f"why_{one.pk}") and found.get(f"level_{one.pk}") is None:
                self.add_error(f"level_{one.pk}", _("Choose a level where you say why."))
        return found

    def levels(self) -> dict[int, Level]:
        """Return what was sent, by element version."""
        data = self.cleaned_data
        return {one.pk: Level(data[f"level_{one.pk}"], data[f"why_{one.pk}"]) for one in self.elements}

    def again(self, revision: int, of: Mine) -> "AssessmentForm":
        """Return the form as typed, as if its sender had seen `revision`: saved again, it holds."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["revision"] = str(revision)
        return AssessmentForm(data, of=of, elements=self.elements)


def _level_field(element: ElementVersion, names: list[str]) -> forms.TypedChoiceField:
    texts = {one.level: one.text for one in element.descriptors.all()}
    choices = [(NOT_YET, _("Not said"))]
    choices += [(str(n), f"{n} {name}: {texts.get(n, '')}") for n, name in enumerate(names, start=1)]
    made = forms.TypedChoiceField(
        label=_("Where am I?"),
        choices=choices,
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        required=False,
    )
    # "Not said" is an answer, so that the field need not say that it is optional.
    made.is_needed = True  # type: ignore[attr-defined]
    return made


class DiscardForm(forms.Form):
    """The revision that was seen of what is discarded."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class BeginForm(forms.Form):
    """By what to assess oneself; uid makes sending twice begin one."""

    version = forms.UUIDField()
    uid = forms.UUIDField()
