"""Routes of this package."""

from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from instruction.models import FrameworkKind, FrameworkVersion, SelfAssessment, SelfRating
from tests import factories
from tests.factories import SmallDistrict
from tests.instruction.leadership.places import observed, run_job
from tests.route import Route


def _computed(district: SmallDistrict) -> dict[str, Any]:
    """Principals whose leadership was observed and estimated, once."""
    if not FrameworkVersion.objects.filter(framework__kind=FrameworkKind.LEADERSHIP).exists():
        run_job(observed(district))
    return {}


def _principal(place: int) -> Any:
    def of(district: SmallDistrict) -> dict[str, Any]:
        _computed(district)
        return {"uid": district.principals[place].uid}

    return of


def assessment(district: SmallDistrict) -> dict[str, Any]:
    """A self-assessment of a person who is nobody of the cast: closed to all of them, shared as it is."""
    _computed(district)
    version = FrameworkVersion.objects.get(framework__kind=FrameworkKind.LEADERSHIP)
    person = district.principals[1]
    with reach.rows_of(person=person.pk, schools=[district.schools[1].pk]):
        made, _ = SelfAssessment.objects.get_or_create(
            person=person,
            version=version,
            defaults={"school": district.schools[1], "school_year": schoolyear.current_year()},
        )
        SelfRating.objects.get_or_create(
            assessment=made, element_version=version.elements.first(), defaults={"level": 3}
        )
    return {"uid": made.uid}


def _standards(district: SmallDistrict) -> dict[str, Any]:
    """Both kinds of frameworks that people assess their own work by."""
    _computed(district)
    if not FrameworkVersion.objects.filter(framework__kind=FrameworkKind.SUPERVISION).exists():
        factories.framework(kind=FrameworkKind.SUPERVISION)
    return {}


LEADERSHIP, SAID = Data.LEADERSHIP_EVIDENCE, Data.SELF_ASSESSMENTS
ROUTES: list[Route] = [
    Route("instruction:leadership", LEADERSHIP, kwargs=_computed),
    Route("instruction:leadership-how", LEADERSHIP, kwargs=_computed),
    Route("instruction:leadership-of", LEADERSHIP, kwargs=_principal(0)),
    # The supervisor has the second school, and nobody of the cast the third one's principal.
    Route("instruction:leadership-of", LEADERSHIP, place=1, kwargs=_principal(1), page=False),
    Route("instruction:leadership-of", LEADERSHIP, place=2, kwargs=_principal(2), page=False),
    *(
        Route(f"instruction:leadership-{form}", LEADERSHIP, Action.EXPORT, kwargs=_computed, page=False)
        for form in ("csv", "workbook")
    ),
    Route("api-leadership-list", LEADERSHIP, kwargs=_computed, page=False),
    Route("api-leadership-detail", LEADERSHIP, kwargs=_principal(0), page=False),
    Route("api-leadership-detail", LEADERSHIP, place=2, kwargs=_principal(2), page=False),
    Route("instruction:assessments", SAID, kwargs=_standards),
    Route("instruction:assessment-begin", SAID, method="post", ok=302, page=False),
    *(
        Route(name, SAID, place=2, kwargs=assessment, page=False, **how)
        for name, how in (
            ("instruction:assessment", {}),
            ("instruction:assessment", {"method": "post"}),
            ("instruction:assessment-share", {"method": "post"}),
            ("instruction:assessment-discard", {}),
            ("instruction:assessment-discard", {"method": "post"}),
            ("api-self-assessment", {}),
            ("api-self-assessment", {"method": "put"}),
            ("api-self-assessment", {"method": "delete"}),
            ("api-self-assessment-share", {"method": "post"}),
            ("api-self-assessment-share", {"method": "delete"}),
        )
    ),
    Route("api-self-assessments", SAID, kwargs=_standards, page=False),
    Route("api-self-assessments", SAID, method="post", ok=400, page=False),
]
