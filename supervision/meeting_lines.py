"""What supervision adds to a school's part of a meeting's pack: who its principal supervisor is."""

from collections.abc import Collection

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import roster_day
from schools.names import name_of
from supervision.models import CaseloadAssignment


def supervisors(scope: Scope, schools: Collection[int], year: int) -> dict[int, str]:
    """Return the name of the principal supervisor of each school of a meeting of the caller's; one query."""
    visible = scope.schools(Data.MEETINGS)
    wanted = [pk for pk in schools if pk in visible]
    held = CaseloadAssignment.objects.on(roster_day(year)).filter(school__in=wanted)
    return {one.school_id: name_of(one.supervisor) for one in held.select_related("supervisor__identity")}
