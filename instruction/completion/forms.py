"""The rules of a school year as one form: a line a rule."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from alignment_dash.ui.days import DayField
from instruction.completion.actions import MOST, Wanted
from instruction.completion.queries import ROLES
from instruction.models import ObservationKind, Purpose
from schools.models import Level, StaffRole

_ANY = _("any")
_KINDS = [one for one in ObservationKind.choices if one[0] != ObservationKind.CALIBRATION]


class RuleForm(forms.Form):
    """One rule; a line without a number is none."""

    role = forms.ChoiceField(label=_("Who"), choices=[(role.value, role.label) for role in ROLES])
    level = forms.ChoiceField(
        label=_("At schools"), choices=[("", _("of every level")), *Level.choices], required=False
    )
    at_least = forms.IntegerField(label=_("At least"), min_value=1, max_value=50, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _ANY), *_KINDS], required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", _ANY), *Purpose.choices], required=False)
    by_day = DayField(label=_("By"), required=False)
    least_days = forms.IntegerField(
        label=_("Of who was there (days)"), min_value=0, max_value=366, initial=42, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)
        for name in ("at_least", "least_days"):
            self.fields[name].widget.attrs["size"] = 4

    @property
    def wanted(self) -> Wanted | None:
        """The rule; None for a line that was left empty or is to be removed."""
        given = self.cleaned_data
        if not given or given.get("DELETE") or given.get("at_least") is None:
            return None
        days = given["least_days"]
        return Wanted(
            given["role"] or StaffRole.TEACHER, given["level"], given["kind"], given["purpose"],
            given["at_least"], given["by_day"], 42 if days is None else days,
        )  # fmt: skip


RuleForms: type[BaseFormSet] = formset_factory(
    RuleForm, extra=2, can_delete=True, max_num=MOST, absolute_max=MOST + 2
)


def wanted(forms_: BaseFormSet) -> list[Wanted]:
    """Return the rules of a valid form."""
    return [one for form in forms_ if (one := form.wanted) is not None]
