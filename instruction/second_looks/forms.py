"""Forms of second looks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from instruction.models import SecondLook

LONGEST = 10_000


def _area(label: Any, *, required: bool = False, hint: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    return forms.CharField(label=label, max_length=LONGEST, required=required, help_text=hint, widget=widget)


class _Revised(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)

    def seen(self) -> int:
        """Return the revision that the sender saw; one that no row has where it was left out."""
        found = self.cleaned_data.get("revision")
        return -1 if found is None else int(found)

    def values(self) -> dict[str, Any]:
        """Return what is to be written, by the names of the model's fields."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"revision", "uid"}}


class LookForm(_Revised):
    """What closer looking found. uid: of one to be, made with the form."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    looked_on = DayField(label=_("Looked on"), initial=today)
    found = _area(
        _("What closer looking found"),
        required=True,
        hint=_(
            "The same low figure can hide different needs: what did lessons, student work and talks show?"
        ),
    )
    hypothesis = _area(_("What may be the root cause"), hint=_("A supposition, to be tested."))
    leverage = _area(_("Where a push would move most"))


class OutcomeForm(_Revised):
    """What came of it."""

    outcome_on = DayField(label=_("As of"), initial=today)
    outcome = _area(_("What came of it"), hint=_("Empty: nothing yet."))


def initial_of(look: SecondLook, form: type[_Revised]) -> dict[str, Any]:
    """Return a second look as a form's first values."""
    found = {name: getattr(look, name) for name in form.base_fields}
    return {name: value for name, value in found.items() if value is not None}
