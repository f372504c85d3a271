"""The question that time answers on the home page; from there a supervisor enters time in one tap."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import current_year
from alignment_dash.ui.questions import Answer, Question
from supervision.timelog import account, district, queries, words
from supervision.timelog.queries import Share, shares, together


def _answer(scope: Scope, year: int) -> Answer | None:
    """Say where time went in the last twelve weeks of a year; two queries, one more for the cabinet."""
    since, until = account.period("12", year)
    own = queries.own_person(scope, Action.CHANGE)
    if own is not None:
        share = shares(scope, [own], since, until).get(own) or Share(since, until)
        enters = year == current_year()
        url = reverse("supervision:quick-entry" if enters else "supervision:my-time")
        return Answer(words.share_sentence(share), _("Enter time") if enters else _("See your time"), url)
    if not scope.district_wide(Data.SUPERVISOR_TIME):
        return None
    told = shares(scope, [one.pk for one in district.people(scope, since, until)], since, until)
    writing = sum(one.minutes > 0 for one in told.values())
    total = together(told.values(), since, until)
    return Answer(words.district_sentence(total, writing), _("See supervisors' time"))


TIME = Question(
    key="supervisors-time",
    text=gettext_lazy("Where did principal supervisors' time go in the last 12 weeks?"),
    url_name="supervision:time",
    data=Data.SUPERVISOR_TIME,
    answer=_answer,
    nav=gettext_lazy("Time"),
    place=52,
    # The cabinet comes to it from its page of principal supervisors.
    in_nav=lambda scope: scope.may(Data.SUPERVISOR_TIME, Action.CHANGE),
)
