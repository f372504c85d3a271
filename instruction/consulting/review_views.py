"""The page of a framework review: where a version may be worth another look. It says nothing of schools or persons."""

from itertools import groupby
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import current_year
from instruction.consulting.focus import focus_of
from instruction.consulting.review_words import TITLES, tell
from instruction.frameworks.review import Finding, ReviewedElement, ReviewedFramework, review, rules_met
from instruction.models import ElementVersion, FrameworkVersion, LevelDescriptor, VersionState


@require_GET
@needs(Data.DEFINITIONS)
def framework_review(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what may be worth another look in a version; of a draft, to who reads drafts."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    version = FrameworkVersion.objects.select_related("framework").filter(uid=uid).first()
    if version is None or (version.state == VersionState.DRAFT and not scope.may(Data.FRAMEWORK_DRAFTS)):
        raise Http404
    worded = _worded(version)
    names = dict(enumerate(version.level_names, start=1))
    findings = review(reviewed(version, worded))
    by_code = {one.element.code: one for one in worded}
    groups = [
        (by_code.get(code), [tell(one, names) for one in found])
        for code, found in groupby(findings, key=lambda one: one.element)
    ]
    context = {"version": version, "groups": groups, "sentence": _sentence(findings, bool(worded))}
    return render(request, "instruction/consulting/review.html", context)


def _worded(version: FrameworkVersion) -> list[ElementVersion]:
    found = version.elements.select_related("element", "dimension").prefetch_related(
        Prefetch("descriptors", LevelDescriptor.objects.order_by("level"))
    )
    return list(found.order_by("dimension__place", "place"))


def reviewed(version: FrameworkVersion, worded: list[ElementVersion]) -> ReviewedFramework:
    """Return a version as the review reads it: with this year's focus, or the year's that it begins in."""
    focus = focus_of(version, max(version.first_school_year, current_year()))
    in_focus = {line.wording.pk for line in focus.district}
    return ReviewedFramework(
        version.framework.kind,
        tuple(
            ReviewedElement(
                code=one.element.code,
                name=one.name,
                description=one.description,
                proximity=one.proximity,
                levels=_levels(one, len(version.level_names)),
                is_focus=one.pk in in_focus,
                for_some=bool(one.levels or one.subjects or one.roles),
                competencies=tuple(one.competencies),
            )
            for one in worded
        ),
    )


def _levels(one: ElementVersion, n_levels: int) -> tuple[str, ...]:
    held = {each.level: each.text for each in one.descriptors.all()}
    return tuple(held.get(level, "") for level in range(1, n_levels + 1))


def _sentence(findings: list[Finding], has_elements: bool) -> SafeString:
    if not has_elements:
        return format_html("{}", _("There is no element to read yet."))
    if not findings:
        return format_html(
            "{}", _("Nothing stands out: ask people who will use it what they would look for.")
        )
    titles = ", ".join(str(TITLES[rule]) for rule in rules_met(findings))
    return format_html(_("Worth another look: <b>{titles}</b>."), titles=titles)
