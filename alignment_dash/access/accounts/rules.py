"""What holds for every change of an account or a role, whichever page, program or command asks for it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash.access.accounts import directory
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data, reach_of
from alignment_dash.access.roles import AT_SCHOOLS, Role

# What a role may be held at. Someone leads one school; above, and of the whole district, the role would open the
# evidence about every teacher below.
_ONE_OR_SEVERAL = frozenset({"school", "network", "department"})
PLACES_OF = {
    Role.PRINCIPAL: frozenset({"school"}),
    Role.ASSISTANT_PRINCIPAL: frozenset({"school"}),
    Role.DEPARTMENT_LEAD: _ONE_OR_SEVERAL,
    Role.TEACHER: _ONE_OR_SEVERAL,
    # Or at none: what it opens comes from caseloads, wherever it is held.
    Role.SUPERVISOR: _ONE_OR_SEVERAL | {"district"},
}
# What people are offered; the district as a place is what the roster says of supervisors.
OFFERED = _ONE_OR_SEVERAL
# Who sees to accounts or rosters could give themselves what rules give; so no rule gives these people anything.
SEE_TO_ROLES = frozenset(
    role
    for role in Role
    if any(reach_of(role, data, Action.CHANGE) for data in (Data.ACCOUNTS, Data.IMPORTS, Data.ACT_AS))
)


def refuse_own(user: User, by: User | None) -> None:
    """ValidationError where someone changes their own account. `by` is None for who runs the server."""
    if by is not None and by.pk == user.pk:
        raise ValidationError(_("Nobody changes their own account or roles. Ask another data administrator."))


def check_place(role: str, org_id: int | None) -> None:
    """ValidationError where a role needs a place and has none, has one and needs none, or it is not one for the role.

    A place is one that exists today.
    """
    if org_id is None:
        if role in AT_SCHOOLS:
            raise ValidationError({"org_id": _missing_place(role)})
        return
    kinds = PLACES_OF.get(Role(role))
    if kinds is None:
        raise ValidationError({"org_id": _("This role is the district's own: it is held at no place.")})
    kind = directory.registered().types_of_places([org_id]).get(org_id)
    if kind is None:
        raise ValidationError({"org_id": _("There is no such place today.")})
    if kind not in kinds:
        raise ValidationError({"org_id": _missing_place(role)})


def _missing_place(role: str) -> str:
    if PLACES_OF[Role(role)] == {"school"}:
        return _("This role is held at a school. Say at which; for several schools, give it at each.")
    return _("This role is held at a school, a network or a department. Say at which.")


def span(start: date, end: date | None) -> DateRange:
    """Return the time from `start` until before `end`. ValidationError when that holds no day."""
    if end is not None and end <= start:
        raise ValidationError(
            {"during": _("The end is the first day without the role, so it comes later than the start.")}
        )
    return DateRange(start, end)


def days(during: DateRange) -> list[str | None]:
    """Return first day and first day after, as the audit keeps them."""
    return [day.isoformat() if day else None for day in (during.lower, during.upper)]
