"""The page of a framework review: where a version may be worth another look. It says nothing of schools or persons."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.consulting.review_words import TITLES
from instruction.consulting.reviewing import findings_of
from instruction.frameworks.review import Finding, rules_met
from instruction.models import FrameworkVersion, VersionState


@require_GET
@needs(Data.DEFINITIONS)
def framework_review(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what may be worth another look in a version; of a draft, to who reads drafts."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    version = FrameworkVersion.objects.select_related("framework").filter(uid=uid).first()
    if version is None or (version.state == VersionState.DRAFT and not scope.may(Data.FRAMEWORK_DRAFTS)):
        raise Http404
    groups, n_elements = findings_of(version)
    findings = [one.finding for _wording, told in groups for one in told]
    context = {"version": version, "groups": groups, "sentence": _sentence(findings, bool(n_elements))}
    return render(request, "instruction/consulting/review.html", context)


def _sentence(findings: list[Finding], has_elements: bool) -> SafeString:
    if not has_elements:
        return format_html("{}", _("There is no element to read yet."))
    if not findings:
        return format_html(
            "{}", _("Nothing stands out: ask people who will use it what they would look for.")
        )
    titles = ", ".join(str(TITLES[rule]) for rule in rules_met(findings))
    return format_html(_("Worth another look: <b>{titles}</b>."), titles=titles)
