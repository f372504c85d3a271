"""Forms of meetings and decisions. Each carries its row's id or revision, so that nothing is doubled or lost."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.models import User, new_uid
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from instruction.meetings import queries
from instruction.meetings.actions import LAST
from instruction.models import Decision, DecisionState, Department, Meeting
from schools.models import Org, School

A_MONTH = timedelta(days=28)  # the same weekday
MOST_OFFERED = 24


def default_day(last: Meeting | None) -> date:
    """Return the day four weeks after the last meeting, or today where that has passed."""
    return max(last.held_on + A_MONTH, today()) if last else today()


class MeetingForm(forms.Form):
    """A meeting to be: filled in with what is usual, so that one click plans it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    held_on = DayField(label=gettext_lazy("Day"))
    under = forms.ModelChoiceField(
        label=gettext_lazy("Schools of"), queryset=Org.objects.none(), to_field_name="uid", empty_label=None
    )
    follows = forms.ChoiceField(label=gettext_lazy("Opens with the decisions of"), required=False)

    def __init__(self, data: Any = None, *, scope: Scope, known: list[Meeting]) -> None:
        last = max(known, key=lambda one: (one.held_on, one.pk), default=None)
        day = default_day(last)
        places = queries.places(scope)
        initial = {
            "uid": new_uid(),
            "title": _("C&I, HR and principal supervisors: {month}").format(month=date_format(day, "F Y")),
            "held_on": day,
            "under": last.under.uid if last else getattr(places.first(), "uid", None),
            "follows": LAST,
        }
        super().__init__(data, initial=initial, auto_id="meeting-%s")
        self.known = known
        under: forms.ModelChoiceField[Any] = self.fields["under"]  # type: ignore[assignment]
        under.queryset = places
        offered = [(str(one.uid), meeting_label(one)) for one in known[:MOST_OFFERED]]
        self.fields["follows"].choices = [  # type: ignore[attr-defined]
            (LAST, _("the last meeting over the same schools")), ("", _("no meeting")), *offered,
        ]  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        chosen = self.cleaned_data["follows"]
        named = next((one for one in self.known if str(one.uid) == chosen), None)
        return self.cleaned_data | {"follows": LAST if chosen == LAST else named}


class MeetingChangeForm(forms.Form):
    """Title, day and notes of a meeting whose record is open."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    held_on = DayField(label=gettext_lazy("Day"))
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        help_text=gettext_lazy(
            "For who called this meeting and who sees all of its schools. Notes may be subject to records requests; name no teacher."
        ),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 8}),
    )


class DecisionForm(forms.Form):
    """What was decided, who sees to it and by when; of a decision that is there, also what became of it."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    what = forms.CharField(
        label=gettext_lazy("What was decided"),
        help_text=gettext_lazy("May be subject to records requests; name no teacher."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 3}),
    )
    school = forms.ModelChoiceField(
        label=gettext_lazy("School"), queryset=School.objects.none(), to_field_name="uid", required=False,
        empty_label=gettext_lazy("all schools of the meeting"),
    )  # fmt: skip
    element = forms.ChoiceField(label=gettext_lazy("Element"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Department"), choices=Department.choices)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who sees to it"), queryset=User.objects.none(), to_field_name="uid", required=False,
        empty_label=gettext_lazy("nobody named"),
    )  # fmt: skip
    due_on = DayField(label=gettext_lazy("By"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Where it stands"), choices=DecisionState.choices, required=False
    )
    outcome = forms.CharField(
        label=gettext_lazy("What became of it"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 3}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        scope: Scope,
        meeting: Meeting,
        elements: Iterable[Any],
        decision: Decision | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        key = decision.uid if decision else (initial or {}).get("school") or "new"
        super().__init__(data, initial=initial, auto_id=f"decision-{key}-%s")
        self.elements = {one.element.code: one for one in elements}
        # What it holds may be chosen on, though a school or an owner has left since.
        schools, owners = Q(pk__in=queries.schools(scope, meeting)), Q(pk__in=queries.owners())
        if decision is not None:
            schools, owners = schools | Q(pk=decision.school_id), owners | Q(pk=decision.owner_id)
        self.fields["school"].queryset = School.objects.filter(schools).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.filter(owners).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]
        offered = [("", str(_("none"))), *((code, one.name) for code, one in self.elements.items())]
        if decision is not None and decision.element and decision.element.code not in self.elements:
            offered.append((decision.element.code, decision.element_name or decision.element.code))  # type: ignore[attr-defined]
        self.fields["element"].choices = offered  # type: ignore[attr-defined]
        self.decision = decision
        if decision is None:
            del self.fields["state"], self.fields["outcome"]
        elif queries.is_closed(meeting):
            # What was decided stays as it was; what becomes of it does not.
            for name in ("what", "school", "element"):
                self.fields[name].disabled = True

    def clean_what(self) -> str:
        """Refuse words typed while someone closed the record, and give them back, for they are saved nowhere."""
        held, typed = str(self.cleaned_data["what"]), self.data.get("what", "").replace("\r\n", "\n").strip()
        if self.fields["what"].disabled and typed and typed != held.replace("\r\n", "\n").strip():
            raise forms.ValidationError(
                _(
                    "The record of this meeting is closed: what was decided stays as it was. You wrote: {text}"
                ).format(text=typed)
            )
        return held

    def values(self) -> dict[str, Any]:
        """Return what the actions take."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in {"uid", "revision"}}
        chosen = self.elements.get(values["element"])
        values["element"] = chosen.element if chosen else None
        held = self.decision
        if held is not None:
            values["state"] = values["state"] or held.state
            if held.element and self.cleaned_data["element"] == held.element.code:
                values["element"] = held.element
        return values


def initial_of(decision: Decision) -> dict[str, Any]:
    """Return a decision as its form shows it."""
    return {
        "revision": decision.revision,
        "what": decision.what,
        "school": decision.school.uid if decision.school else None,
        "element": decision.element.code if decision.element else "",
        "department": decision.department,
        "owner": decision.owner.uid if decision.owner else None,
        "due_on": decision.due_on,
        "state": decision.state,
        "outcome": decision.outcome,
    }


def meeting_label(one: Meeting) -> str:
    """Name a meeting in a list of choices."""
    return f"{date_format(one.held_on, 'M j, Y')}: {one.title}"
