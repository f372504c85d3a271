"""The questions that a principal supervisor and the cabinet ask of this work, with their answers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import current_year
from alignment_dash.ui.questions import Answer, Question
from supervision.overview.district import district
from supervision.overview.home import home
from supervision.overview.words import district_sentence, home_sentence


def _mine(scope: Scope, year: int) -> Answer | None:
    found = home(scope) if year == current_year() else None
    return Answer(home_sentence(found), _("See your principals")) if found and found.rows else None


def _all(scope: Scope, year: int) -> Answer | None:
    if year != current_year() or not scope.district_wide(Data.SUPERVISOR_TIME):
        return None
    found = district(scope)
    return Answer(district_sentence(found), _("See principal supervisors")) if found.rows else None


MINE = Question(
    key="my-principals",
    text=gettext_lazy("Which of my principals needs me next?"),
    url_name="supervision:home",
    data=Data.SUPERVISOR_TIME,
    answer=_mine,
    nav=gettext_lazy("Your principals"),
    place=5,
    in_nav=lambda scope: scope.may(Data.SUPERVISOR_TIME, Action.CHANGE),
)
ALL = Question(
    key="principal-supervisors",
    text=gettext_lazy("Is principal supervisors' time protected for principals?"),
    url_name="supervision:overview",
    data=Data.SUPERVISOR_TIME,
    answer=_all,
    nav=gettext_lazy("Principal supervisors"),
    place=51,
    in_nav=lambda scope: scope.district_wide(Data.SUPERVISOR_TIME),
)
