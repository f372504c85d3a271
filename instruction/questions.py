"""The questions that instruction answers on the home page."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.ui.questions import Answer, Question
from instruction import queries
from instruction.certainty_words import certainty_sentence
from instruction.filters import CapacityFilters
from instruction.sentences import district_sentence, framework_sentence, map_sentence
from instruction.tier_words import tiers_sentence


def _capacity(scope: Scope, year: int) -> Answer | None:
    """Answer with the map's own sentence; seven queries."""
    standing = queries.standing(year)
    if standing is None:
        return Answer(
            format_html("{}", _("No teaching framework is in force in this school year yet.")), _("See why")
        )
    found = queries.capacity_map(scope, standing, CapacityFilters(year=year), limit=1)
    return Answer(map_sentence(found), _("See the map"))


def _district(scope: Scope, year: int) -> Answer | None:
    """Answer who sees the district and no school; the map answers the others. Four queries."""
    if scope.may(Data.SCHOOL_CAPACITY):
        return None
    standing = queries.standing(year)
    page = queries.district_page(scope, standing) if standing and standing.run else None
    return Answer(district_sentence(page), _("See the district")) if page else None


def _tiers(scope: Scope, year: int) -> Answer | None:
    """Answer with the page's own sentence where a tier is known; ten queries."""
    standing = queries.standing(year)
    if standing is None or standing.run is None:
        return None
    page = queries.tiers_page(scope, standing, CapacityFilters(year=year))
    return Answer(tiers_sentence(page), _("See the schools")) if page and page.tiers else None


def _certainty(scope: Scope, year: int) -> Answer | None:
    """Answer with the page's own sentence; eight queries."""
    standing = queries.standing(year)
    if standing is None or standing.run is None:
        return None
    page = queries.certainty_page(scope, standing, CapacityFilters(year=year), limit=1)
    return Answer(certainty_sentence(page), _("See what they rest on"))


def _framework(scope: Scope, year: int) -> Answer | None:
    """Answer who sees no numbers; the others find the page in the navigation. Four queries."""
    if scope.may(Data.SCHOOL_CAPACITY) or scope.may(Data.DISTRICT_CAPACITY):
        return None
    page = queries.framework_page(scope, year)
    return Answer(framework_sentence(page), _("Read the framework")) if page else None


def _mine(scope: Scope, year: int) -> Answer | None:
    lessons = queries.my_evidence(scope, year)
    if not lessons:
        return None
    text = ngettext(
        "<b>{n}</b> observation of your teaching this year, the last on {day}.",
        "<b>{n}</b> observations of your teaching this year, the last on {day}.",
        len(lessons),
    )
    sentence = format_html(text, n=len(lessons), day=f"{lessons[0].day:%b} {lessons[0].day.day}")
    url = reverse("instruction:my-evidence", query={"year": year})
    return Answer(sentence, _("Read them"), url)


CAPACITY = Question(
    key="capacity",
    text=gettext_lazy("Where is teaching capacity furthest from our targets?"),
    url_name="instruction:capacity-map",
    data=Data.SCHOOL_CAPACITY,
    answer=_capacity,
    nav=gettext_lazy("Capacity"),
    place=10,
)
DISTRICT = Question(
    key="district",
    text=gettext_lazy("How does teaching stand across the district?"),
    url_name="instruction:district",
    data=Data.DISTRICT_CAPACITY,
    answer=_district,
    nav=gettext_lazy("District"),
    place=12,
)
CERTAINTY = Question(
    key="certainty",
    text=gettext_lazy("How sure are we?"),
    url_name="instruction:certainty",
    data=Data.SCHOOL_CAPACITY,
    answer=_certainty,
    place=14,
)
TIERS = Question(
    key="tiers",
    text=gettext_lazy("Where do test-score tiers mislead us?"),
    url_name="instruction:tiers",
    data=Data.SCHOOL_CAPACITY,
    answer=_tiers,
    place=13,
)
FRAMEWORK = Question(
    key="framework",
    text=gettext_lazy("What is good teaching here?"),
    url_name="instruction:framework",
    data=Data.DEFINITIONS,
    answer=_framework,
    nav=gettext_lazy("Framework"),
    place=15,
)
MINE = Question(
    key="my-evidence",
    text=gettext_lazy("What was observed of my teaching?"),
    url_name="instruction:my-evidence",
    data=Data.PERSON_EVIDENCE,
    answer=_mine,
    place=20,
)
