"""Forms of a plan's parts. Each carries the revision that was seen, so that nobody overwrites unseen."""

from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.ui.days import DayField
from instruction.models import (
    ActionState,
    Department,
    Element,
    Moment,
    PlanAction,
    SupportKind,
    SupportRequest,
    SupportState,
)
from instruction.models.school_plans import LONGEST_TEXT
from instruction.revisions import RevisionForm, area
from instruction.school_plans.actions import View
from instruction.school_plans.queries import Plan

NO_NAME = gettext_lazy("A role or a team, such as “science teachers”. Name no single teacher.")
MOST_TEACHERS = 2_000


class PartForm(RevisionForm):
    """A form with an element of the framework. elements: (uid, name) pairs; uid: of a row to be, made with the form."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, elements: list[tuple[str, str]], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.elements = elements
        choice = forms.ChoiceField(
            label=_("Element"), choices=[("", _("Several elements")), *elements], required=False
        )
        self.fields["element"] = choice
        self.order_fields(["element"])

    def remade(self, data: QueryDict) -> Self:
        return type(self)(data, elements=self.elements)

    def clean_element(self) -> Element | None:
        uid = self.cleaned_data["element"]
        return Element.objects.get(uid=uid) if uid else None


class ActionForm(PartForm):
    """What the school itself does."""

    heading = gettext_lazy("What the school does")
    reminder = gettext_lazy("A plan names no single teacher. It may be subject to records requests.")

    what = forms.CharField(label=gettext_lazy("What the school does"), max_length=500)
    who = forms.CharField(
        label=gettext_lazy("Who sees to it"), max_length=200, required=False, help_text=NO_NAME
    )
    by_day = DayField(label=gettext_lazy("By when"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=ActionState.choices)
    note = area(gettext_lazy("Note"), LONGEST_TEXT)


class RequestForm(PartForm):
    """What the school asks the district for, in amounts that a department can add up."""

    heading = gettext_lazy("Support asked of the district")
    reminder = gettext_lazy(
        "A request names no single teacher. It is read across the district and may be subject to records requests."
    )

    department = forms.ChoiceField(label=gettext_lazy("Asked of"), choices=Department.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of support"), choices=SupportKind.choices)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Blank: every one"),
    )
    what = area(
        gettext_lazy("What is needed, and why"),
        2_000,
        required=True,
        hint=gettext_lazy("It is read and added up across the district. Name no single teacher."),
    )
    n_teachers = forms.IntegerField(
        label=gettext_lazy("For how many teachers"), min_value=1, max_value=MOST_TEACHERS, required=False
    )
    hours = forms.DecimalField(
        label=gettext_lazy("Hours of each"),
        min_value=0,
        max_value=9_999,
        max_digits=6,
        decimal_places=1,
        required=False,
    )
    substitute_days = forms.DecimalField(
        label=gettext_lazy("Substitute days in all"),
        min_value=0,
        max_value=9_999,
        max_digits=6,
        decimal_places=1,
        required=False,
    )
    by_day = DayField(label=gettext_lazy("By when"), required=False)


class AnswerForm(RevisionForm):
    """What the district answers."""

    state = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[
            (one.value, one.label) for one in (SupportState.AGREED, SupportState.DECLINED, SupportState.GIVEN)
        ],
    )
    answer = area(
        gettext_lazy("In words"),
        2_000,
        hint=gettext_lazy("What, by whom and when; or why not. The school reads it on its plan."),
    )


class MomentForm(RevisionForm):
    """What the school says of each element at one moment, and in all."""

    def __init__(self, plan: Plan, moment: Moment, data: Any = None) -> None:
        self.plan, self.moment = plan, moment
        row = plan.row
        initial: dict[str, Any] = {"revision": row.revision if row else 0, "text": _text(plan, moment)}
        super().__init__(data, initial=initial)
        # Where the crosswalk has a line begin with an earlier element's row, nothing is said of that at later moments.
        self.lines = [line for line in plan.lines if line.at(moment)]
        for line in self.lines:
            found = line.at(moment)
            agrees, own = f"agrees.{line.uid}", f"own.{line.uid}"
            said = (
                {True: "yes", False: "no"}.get(found.agrees, "") if found and found.agrees is not None else ""
            )
            self.fields[agrees] = forms.ChoiceField(
                label=_("{element}: do you agree?").format(element=line.name),
                choices=[("", "–"), ("yes", _("agree")), ("no", _("see it differently"))],
                required=False,
                initial=said,
            )
            self.fields[own] = area(_("{element}: why").format(element=line.name), LONGEST_TEXT, rows=2)
            self.fields[own].initial = found.own_view if found else ""
            for name, words in ((agrees, "agrees"), (own, "own")):
                self.fields[name].widget.attrs |= {
                    "aria-label": str(self.fields[name].label),
                    "data-part": words,
                }
        label = (
            _("In a few sentences: what the plan is about")
            if moment == Moment.START
            else _("What the school concludes")
        )
        self.fields["text"] = area(label, LONGEST_TEXT, rows=5)

    def remade(self, data: QueryDict) -> Self:
        return type(self)(self.plan, self.moment, data)

    def rows(self) -> Any:
        """Yield each line with what was found and its two fields."""
        for line in self.lines:
            yield line, line.at(self.moment), self[f"agrees.{line.uid}"], self[f"own.{line.uid}"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for line in self.lines:
            own = f"own.{line.uid}"
            if given.get(f"agrees.{line.uid}") == "no" and not (given.get(own) or "").strip():
                self.add_error(own, _("Say why you see it differently."))
        return given

    def views(self) -> dict[int, View]:
        """Return what is said, by element id."""
        said = {"yes": True, "no": False}
        return {
            found.element_id: View(
                said.get(self.cleaned_data[f"agrees.{line.uid}"]), self.cleaned_data[f"own.{line.uid}"]
            )
            for line in self.lines
            if (found := line.at(self.moment))
        }


def _text(plan: Plan, moment: Moment) -> str:
    if moment == Moment.START:
        return plan.row.summary if plan.row else ""
    check = plan.checks.get(moment)
    return check.text if check else ""


def initial_of(row: PlanAction | SupportRequest, fields: Any, revision: int) -> dict[str, Any]:
    """Return a row as a form's first values."""
    found = {name: getattr(row, name) for name in fields if name not in ("revision", "element", "uid")}
    return found | {"revision": revision, "element": str(row.element.uid) if row.element else ""}
