"""What staffing adds to a school's part of a meeting's pack: how many positions nobody holds."""

from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import ngettext

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import roster_day
from staffing.models import Position


def vacancies(scope: Scope, schools: Collection[int], year: int) -> dict[int, str]:
    """Return the number of vacancies of each school whose staffing the caller sees, in words; one query."""
    visible, day = scope.schools(Data.STAFFING), roster_day(year)
    wanted = [pk for pk in schools if pk in visible]
    open_ = Position.objects.on(day).in_schools(wanted).open(day)
    rows = dict(open_.values("school_id").annotate(n=Count("pk")).order_by().values_list("school_id", "n"))
    return {
        pk: ngettext("{n} vacancy", "{n} vacancies", n).format(n=n)
        for pk, n in ((pk, rows.get(pk, 0)) for pk in wanted)
        if n
    }
