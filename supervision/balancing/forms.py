"""Forms of balancing; each works without scripts."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from instruction.revisions import RevisionForm
from schools.models import Level, Org
from schools.names import name_of
from supervision.balancing.picture import Picture
from supervision.balancing.settings import Bond, Settings, Weight
from supervision.models import DistrictSpan, SupervisorLimits
from supervision.models.balancing import MOST_PRINCIPALS
from supervision.needs import Bounds
from supervision.spans import bounds_of


class _Span(forms.Form):
    """Least and most principals."""

    least = forms.IntegerField(
        label=gettext_lazy("Principals at least"), min_value=0, max_value=MOST_PRINCIPALS
    )
    most = forms.IntegerField(
        label=gettext_lazy("Principals at most"), min_value=0, max_value=MOST_PRINCIPALS
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a least above the most."""
        given = super().clean() or self.cleaned_data
        least, most = given.get("least"), given.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("The most is not below the least."))
        return given


class SpanForm(_Span):
    """How many principals a supervisor without limits of their own has; seen: uid of what was read, if any."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def span(self) -> Bounds:
        """Return what was entered; only for a valid form."""
        return Bounds(self.cleaned_data["least"], self.cleaned_data["most"])


class LimitsForm(_Span, RevisionForm):
    """What a proposal respects about one principal supervisor."""

    levels = forms.MultipleChoiceField(
        label=gettext_lazy("School levels"),
        help_text=gettext_lazy("None chosen: any level."),
        choices=Level.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    networks = forms.MultipleChoiceField(
        label=gettext_lazy("Networks"),
        help_text=gettext_lazy(
            "None chosen: any network; while there is no caseload, the networks of their staff assignments."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    leaves_on = DayField(
        label=gettext_lazy("First day on which they no longer supervise"),
        help_text=gettext_lazy("Proposals from that day on give their principals to others."),
        required=False,
    )

    def __init__(self, *args: Any, networks: list[Org], **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._networks = networks
        self.fields["networks"].choices = [(str(one.uid), one.name) for one in networks]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what is written, networks by their ids."""
        chosen = set(self.cleaned_data["networks"])
        ids = [one.pk for one in self._networks if str(one.uid) in chosen]
        return super().values() | {"networks": ids}


def span_initial(held: DistrictSpan | None) -> dict[str, Any]:
    """Return the district's span as the form's first values."""
    low, high = bounds_of(held)
    return {"least": low, "most": high, "seen": held.uid if held else ""}


def limits_initial(held: SupervisorLimits, networks: list[Org]) -> dict[str, Any]:
    """Return limits as the form's first values."""
    names = ("least", "most", "levels", "leaves_on", "revision")
    return {name: getattr(held, name) for name in names} | {
        "networks": [str(one.uid) for one in networks if one.pk in held.networks]
    }


class ProposeForm(_Span):
    """How a balance is asked for, in plain words."""

    start = DayField(
        label=gettext_lazy("From which day"), help_text=gettext_lazy("Accepted moves begin on this day.")
    )
    evenness = forms.ChoiceField(
        label=gettext_lazy("Caseloads of even need and number"), choices=Weight.choices, initial=Weight.USUAL
    )
    changes = forms.ChoiceField(
        label=gettext_lazy("Principals keep their supervisor"), choices=Weight.choices, initial=Weight.USUAL
    )
    networks = forms.ChoiceField(
        label=gettext_lazy("Schools of the supervisor's networks"), choices=Bond.choices, initial=Bond.USUAL
    )
    levels = forms.ChoiceField(
        label=gettext_lazy("Schools of the supervisor's levels"), choices=Bond.choices, initial=Bond.USUAL
    )
    most_changes = forms.IntegerField(
        label=gettext_lazy("Principals who change at most"),
        help_text=gettext_lazy("Empty: as many as help. Principals whose supervisor leaves are not counted."),
        min_value=0,
        max_value=10_000,
        required=False,
    )
    pinned = forms.MultipleChoiceField(
        label=gettext_lazy("Principals who stay where they are"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field_order = (
        "start",
        "least",
        "most",
        "evenness",
        "changes",
        "networks",
        "levels",
        "most_changes",
        "pinned",
    )

    def __init__(self, *args: Any, found: Picture, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.fields["least"].help_text = _("For supervisors without limits of their own.")
        self.fields["pinned"].choices = [  # type: ignore[attr-defined]
            (str(unit.uid), unit.label) for unit in found.units if unit.current is not None
        ]

    def clean_start(self) -> date:
        """Refuse a day that has passed."""
        return _coming(self.cleaned_data["start"])

    def settings(self) -> Settings:
        """Return what was asked."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "start"}
        return Settings(**given | {"pinned": tuple(given["pinned"])})


class WhatIfForm(forms.Form):
    """One reassignment to look at."""

    unit = forms.ChoiceField(label=gettext_lazy("Principal"))
    to = forms.ChoiceField(label=gettext_lazy("Would go to"))

    def __init__(self, *args: Any, found: Picture, **fields: Any) -> None:
        super().__init__(*args, **fields)
        people = sorted(found.supervisors.values(), key=name_of)
        self.fields["to"].choices = [("", _("choose"))] + [(str(one.uid), name_of(one)) for one in people]  # type: ignore[attr-defined]
        groups: dict[str, list[tuple[str, str]]] = {}
        for unit in sorted(found.units, key=lambda one: name_of(found.supervisors.get(one.current or 0))):
            holder = name_of(found.supervisors.get(unit.current or 0)) or _("Without a principal supervisor")
            groups.setdefault(holder, []).append((str(unit.uid), unit.label))
        self.fields["unit"].choices = [("", _("choose")), *groups.items()]  # type: ignore[attr-defined]


def _coming(day: date) -> date:
    if day < today():
        raise forms.ValidationError(_("This day has passed. Choose today or a day to come."))
    return day
