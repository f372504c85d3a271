"""Forms of second looks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from instruction.models import SecondLook
from instruction.revisions import RevisionForm, area

LONGEST = 10_000


class LookForm(RevisionForm):
    """What closer looking found. uid: of one to be, made with the form."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    looked_on = DayField(label=_("Looked on"), initial=today)
    found = area(
        _("What closer looking found"),
        LONGEST,
        rows=4,
        required=True,
        hint=_(
            "The same low figure can hide different needs: what did lessons, student work and talks show?"
        ),
    )
    hypothesis = area(
        _("What may be the root cause"), LONGEST, rows=4, hint=_("A supposition, to be tested.")
    )
    leverage = area(_("Where a push would move most"), LONGEST, rows=4)


class OutcomeForm(RevisionForm):
    """What came of it."""

    outcome_on = DayField(label=_("As of"), initial=today)
    outcome = area(_("What came of it"), LONGEST, rows=4, hint=_("Empty: nothing yet."))


def initial_of(look: SecondLook, form: type[RevisionForm]) -> dict[str, Any]:
    """Return a second look as a form's first values."""
    found = {name: getattr(look, name) for name in form.base_fields}
    return {name: value for name, value in found.items() if value is not None}
