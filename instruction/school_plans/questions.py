"""The questions about plans and support that the home page answers."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction.school_plans.listing import plans_of
from instruction.school_plans.requests import RequestFilters, requests_page
from instruction.school_plans.words import own_plan_sentence, plans_sentence, requests_sentence


def _plans(scope: Scope, year: int) -> Answer | None:
    """Answer a principal about their own plan, and others about all they read; two queries."""
    plans = plans_of(scope, year)
    own = [one for one in plans if one.may_change]
    if len(own) == 1:
        url = reverse("instruction:school-plan", kwargs={"uid": own[0].uid}, query={"year": year})
        return Answer(own_plan_sentence(own[0]), _("Open the plan"), url)
    return Answer(plans_sentence(plans, year), _("See the plans")) if plans else None


def _requests(scope: Scope, year: int) -> Answer | None:
    """Answer the central office with the page's own sentence; a school's people have it on their plan."""
    if scope.schools(Data.PERSON_EVIDENCE):
        return None
    page = requests_page(scope, RequestFilters(year=year))
    return Answer(requests_sentence(page), _("See what they ask for"))


PLANS = Question(
    key="school-plans",
    text=gettext_lazy("Is the school improvement plan ready, and what did the district answer?"),
    url_name="instruction:school-plans",
    data=Data.SCHOOL_PLAN,
    answer=_plans,
    place=16,
)
REQUESTS = Question(
    key="support-requests",
    text=gettext_lazy("What do schools ask us for?"),
    url_name="instruction:support-requests",
    data=Data.SUPPORT_REQUESTS,
    answer=_requests,
    place=17,
)
