"""Forms of time: quick entry with everything usual filled in, goals, and days that do not count."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.models import new_uid
from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from instruction.models import Department, ElementVersion
from schools.names import name_of
from supervision.models import CaseloadAssignment, DayOffKind, GoalKind, TimeEntry, TimePurpose
from supervision.timelog import purposes
from supervision.timelog.account import Goals
from supervision.timelog.actions import With
from supervision.timelog.aims import MOST_VISITS
from supervision.timelog.days import DAY
from supervision.timelog.queries import holds

MINUTES = 45
QUARTER = 15
COVERED = [choice for choice in Department.choices if choice[0] != Department.SUPERVISION]


def usual_start(now: datetime, minutes: int = MINUTES) -> datetime:
    """Return the quarter of an hour at which something that has just ended began, on the same day."""
    rounded = now.replace(minute=now.minute - now.minute % QUARTER, second=0, microsecond=0)
    return max(rounded - timedelta(minutes=minutes), rounded.replace(hour=0, minute=0))


class EntryForm(forms.Form):
    """Time for one purpose on one day. Filled in with today, the time that has just passed and the last purpose."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=TimePurpose.choices, widget=forms.RadioSelect
    )
    department = forms.ChoiceField(
        label=gettext_lazy("Whose work it was"),
        choices=COVERED,
        widget=forms.RadioSelect,
        required=False,
    )
    principals = forms.MultipleChoiceField(
        label=gettext_lazy("With"), widget=forms.CheckboxSelectMultiple, required=False
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=DAY)
    day = DayField(label=gettext_lazy("Day"))
    start = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    element = forms.ChoiceField(label=gettext_lazy("Element of leadership"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        caseload: Iterable[CaseloadAssignment],
        elements: Iterable[ElementVersion],
        last: TimeEntry | None = None,
        entry: TimeEntry | None = None,
    ) -> None:
        self.caseload = {str(one.uid): one for one in caseload}
        known = list(elements)
        self.elements = {one.element.code: one.element for one in known}
        initial = self._initial_of(entry) if entry else _usual(last)
        super().__init__(data, initial=initial, auto_id="time-%s")
        if entry is not None and entry.element and entry.element.code not in self.elements:
            self.elements[entry.element.code] = entry.element
        names = {one.element.code: one.name for one in known}
        offered = [("", str(_("none"))), *((code, names.get(code, code)) for code in self.elements)]
        self.fields["element"].choices = offered  # type: ignore[attr-defined]
        self.fields["principals"].choices = [  # type: ignore[attr-defined]
            (uid, _label(one)) for uid, one in self.caseload.items()
        ]

    def clean_department(self) -> str:
        """Leave a department away that was chosen before the purpose was changed."""
        said = str(self.cleaned_data["department"])
        return said if purposes.covers(self.cleaned_data.get("purpose", "")) else ""

    def values(self) -> dict[str, Any]:
        """Return what the actions take, without uid and revision."""
        told = self.cleaned_data
        starts_at = None
        if told["start"] is not None:
            naive = datetime.combine(told["day"], told["start"])
            starts_at = timezone.make_aware(naive)
        chosen: list[With] = []
        for uid in told["principals"]:
            one = self.caseload[uid]
            if one.principal_id:
                chosen.append((one.principal_id, one.school_id))
        return {
            "day": told["day"],
            "minutes": told["minutes"],
            "starts_at": starts_at,
            "purpose": told["purpose"],
            "department": told["department"],
            "element": self.elements.get(told["element"]),
            "principals": chosen,
        }

    def _initial_of(self, entry: TimeEntry) -> dict[str, Any]:
        taking = {(one.principal_id, one.school_id) for one in entry.principals.all()}
        local = timezone.localtime(entry.starts_at) if entry.starts_at else None
        return {
            "uid": entry.uid,
            "revision": entry.revision,
            "day": entry.day,
            "minutes": entry.minutes,
            "start": local.time() if local else None,
            "purpose": entry.purpose,
            "department": entry.department,
            "element": entry.element.code if entry.element else "",
            "principals": [
                uid for uid, one in self.caseload.items() if (one.principal_id, one.school_id) in taking
            ],
        }


def _usual(last: TimeEntry | None) -> dict[str, Any]:
    return {
        "uid": new_uid(),
        "day": today(),
        "start": usual_start(timezone.localtime()).time(),
        "minutes": MINUTES,
        "purpose": last.purpose if last else purposes.USUAL,
        "department": last.department if last else "",
    }


def _label(one: CaseloadAssignment) -> str:
    if holds(one, today()):
        return format_html("{} <small>{}</small>", name_of(one.principal), one.school.name)
    until = _("until {day}").format(day=date_format(one.during.upper, "M j, Y"))
    return format_html("{} <small>{}, {}</small>", name_of(one.principal), one.school.name, until)


class GoalsForm(forms.Form):
    """The goals of a school year; an empty one is none. Each carries the revision that was seen."""

    def __init__(self, data: Any = None, *, held: dict[str, tuple[float, int]], hints: Goals | None) -> None:
        """held: (value, revision) by kind, of these goals; hints: what holds where these are empty."""
        super().__init__(data, auto_id="goal-%s")
        for kind, label in GoalKind.choices:
            most = MOST_VISITS if kind == GoalKind.VISITS else 100
            value, revision = held.get(kind, (None, -1))
            hint = hints.value.get(kind) if hints else None
            self.fields[kind] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=most,
                required=False,
                initial=value,
                help_text=_("The district's: {value:g}").format(value=hint) if hint is not None else "",
            )
            self.fields[f"{kind}-revision"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=revision, required=False
            )

    def goals(self) -> list[tuple[str, float | None, int]]:
        """Return (kind, value, revision seen) of each."""
        told = self.cleaned_data
        return [
            (kind, told[kind], -1 if (seen := told[f"{kind}-revision"]) is None else seen)
            for kind in GoalKind.values
        ]


class DaysForm(forms.Form):
    """Days to leave out, from the first to the last, weekdays alone."""

    first = DayField(label=gettext_lazy("First day"))
    last = DayField(label=gettext_lazy("Last day"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=DayOffKind.choices,
        help_text=gettext_lazy("Why someone is off is never asked."),
    )

    def __init__(self, data: Any = None, *, for_district: bool = False) -> None:
        first = DayOffKind.HOLIDAY if for_district else DayOffKind.LEAVE
        super().__init__(data, initial={"kind": first}, auto_id="days-%s")


def days_of(texts: Iterable[str]) -> list[date]:
    """Return the days among what was sent; what is none is left away."""
    found = []
    for text in texts:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            continue
    return found
