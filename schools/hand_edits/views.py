"""Pages on which a data administrator corrects what a roster has wrong, and sees which fields were corrected."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from schools.hand_edits import actions, queries
from schools.models import Course, HandEdit, Kind, Level, Org, OrgType, Person, Section

PAGE = 50
READ_OR_WRITE = ["GET", "HEAD", "POST"]


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Find a place, person, course or section"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class _Corrections(forms.Form):
    """Fields keep what the page showed beside them, so that only what was changed on the page is set."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def changes(self) -> dict[str, Any]:
        """Return what was changed on the page."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}


class OrgForm(_Corrections):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    grades = forms.CharField(
        label=gettext_lazy("Grades"),
        help_text=gettext_lazy("Codes with commas between them: PK, KG, 01 to 13."),
        max_length=100,
        required=False,
    )
    parent = forms.ChoiceField(label=gettext_lazy("Part of"), required=False)
    network = forms.CharField(
        label=gettext_lazy("Or of a new network, called"),
        help_text=gettext_lazy("It is made, and the school put into it."),
        max_length=255,
        required=False,
    )

    def __init__(self, *args: Any, org: Org, **kwargs: Any) -> None:
        self.parents = {str(one.uid): one for one in actions.possible_parents(org)}
        kept = {str(org.parent.uid): org.parent} if org.parent else {}
        initial = {"name": org.name, "level": org.level, "grades": ", ".join(org.grades)}
        initial["parent"] = str(org.parent.uid) if org.parent else ""
        super().__init__(*args, initial=initial, **kwargs)
        field: Any = self.fields["parent"]
        named = {**kept, **self.parents}
        field.choices = [("", _("nothing")), *((uid, one.name) for uid, one in named.items())]
        if org.type != OrgType.SCHOOL:
            for name in ("level", "grades", "network"):
                del self.fields[name]

    def columns(self) -> dict[str, Any]:
        """Return what was changed on the page, by column."""
        changes = self.changes()
        changes.pop("network", None)
        if "grades" in changes:
            changes["grades"] = [one.strip() for one in changes["grades"].split(",") if one.strip()]
        if "parent" in changes:
            parent = self.parents.get(changes.pop("parent"))
            changes["parent_id"] = parent.pk if parent else None
        return changes


class IdentityForm(_Corrections):
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=255, required=False)
    preferred_given_name = forms.CharField(
        label=gettext_lazy("Preferred given name"), max_length=255, required=False
    )
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=255)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=320, required=False)


class SubjectForm(_Corrections):
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"list": "subjects"}),
    )


class CourseForm(SubjectForm):
    with_sections = forms.BooleanField(
        label=gettext_lazy("Also its sections that say the same as the course does now"),
        initial=True,
        required=False,
    )


@require_GET
@needs(Data.IMPORTS)
def edit_list(request: HttpRequest) -> HttpResponse:
    """Show the fields that rosters leave alone, and find what is to be corrected."""
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    page = Paginator(queries.edits(), PAGE).get_page(request.GET.get("page"))
    groups = [(actions.KINDS[kind], url_name, found) for kind, url_name, found in queries.search(words)]
    context = {
        "search": search,
        "words": words,
        "groups": [group for group in groups if group[2]],
        "most": queries.FOUND,
        "page": page,
        "rows": [{"edited": one, "url_name": _PAGES.get(one.edit.kind)} for one in queries.edited(page)],
    }
    return render(request, "schools/edit_list.html", context)


@require_http_methods(READ_OR_WRITE)
@needs(Data.IMPORTS)
def edit_org(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct a place, and make it part of another one or of a new network."""
    org = get_object_or_404(Org.objects.select_related("parent"), uid=uid)
    form = OrgForm(request.POST if request.method == "POST" else None, org=org)

    def save() -> object:
        network = form.cleaned_data.get("network", "")
        return actions.edit_org(org=org, changes=form.columns(), network=network, by=signed_in(request))

    return _page(request, form, save, org.name, Kind.ORG)


@require_http_methods(READ_OR_WRITE)
@needs(Data.IMPORTS)
def edit_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct a person's names and e-mail address."""
    named = Person.objects.filter(identity__isnull=False, identity__blanked_at=None)
    found = named.select_related("identity")
    person = get_object_or_404(found, uid=uid)
    initial = {name: getattr(person.identity, name) for name in actions.FIELDS[Kind.PERSON]}
    form = IdentityForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> object:
        return actions.edit_identity(person=person, changes=form.changes(), by=signed_in(request))

    return _page(request, form, save, person.identity.display_name, Kind.PERSON)


@require_http_methods(READ_OR_WRITE)
@needs(Data.IMPORTS)
def edit_section(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct the subject of a section."""
    section = get_object_or_404(Section, uid=uid)
    data = request.POST if request.method == "POST" else None
    form = SubjectForm(data, initial={"subject": section.subject})

    def save() -> object:
        subject = form.changes().get("subject", section.subject)
        return actions.edit_section(section=section, subject=subject, by=signed_in(request))

    return _page(request, form, save, section.title, Kind.SECTION)


@require_http_methods(READ_OR_WRITE)
@needs(Data.IMPORTS)
def edit_course(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct the subject of a course, and of its sections."""
    course = get_object_or_404(Course, uid=uid)
    data = request.POST if request.method == "POST" else None
    form = CourseForm(data, initial={"subject": course.subject})

    def save() -> object:
        subject, wide = form.changes().get("subject", course.subject), form.cleaned_data["with_sections"]
        by = signed_in(request)
        n = actions.edit_course(course=course, subject=subject, with_sections=wide, by=by)
        if n:
            said = ngettext("{n} section changed with it.", "{n} sections changed with it.", n)
            messages.info(request, said.format(n=n))
        return n is not None

    return _page(request, form, save, course.title, Kind.COURSE)


@require_POST
@needs(Data.IMPORTS)
def edit_give_back(request: HttpRequest) -> HttpResponse:
    """Let rosters set a field again."""
    given = request.POST.get("edit", "")
    found = given.isascii() and given.isdigit() and len(given) < 19
    actions.give_back(edit=get_object_or_404(HandEdit, pk=int(given) if found else 0), by=signed_in(request))
    messages.success(request, _("The next roster sets this field again."))
    return redirect("schools:edit-list")


_PAGES: dict[str, str] = {
    Kind.ORG: "schools:edit-org",
    Kind.PERSON: "schools:edit-person",
    Kind.COURSE: "schools:edit-course",
    Kind.SECTION: "schools:edit-section",
}


def _page(
    request: HttpRequest, form: _Corrections, save: Callable[[], object], label: str, kind: Kind
) -> HttpResponse:
    """Save what was corrected and go to the list, or show the form with what is wrong."""
    if form.is_valid():
        try:
            changed = save()
        except ValidationError as refused:
            _show(form, refused)
        else:
            said = (
                _("{name} was corrected. Rosters leave what you set alone.")
                if changed
                else _("Nothing changed.")
            )
            messages.success(request, said.format(name=label))
            return redirect("schools:edit-list")
    context = {"form": form, "label": label, "kind_label": actions.KINDS[kind]}
    context["subjects"] = queries.subjects() if "subject" in form.fields else []
    return render(request, "schools/edit_form.html", context, status=400 if form.errors else 200)


def _show(form: _Corrections, refused: ValidationError) -> None:
    """Put what was refused at its fields; at the top what belongs to none of the form."""
    by_field = refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}
    for name, errors in by_field.items():
        for error in errors:
            form.add_error(name if name in form.fields else None, error)
