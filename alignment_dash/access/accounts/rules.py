"""What holds for every change of an account or a role, whichever page, program or command asks for it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash.access.accounts import directory
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data, reach_of
from alignment_dash.access.roles import AT_SCHOOLS, Role

# Where the role may be held at an org, or without one.
AT_ORG_OR_NOT = frozenset({Role.SUPERVISOR})
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
    """ValidationError where a role needs a place and has none, has one and is the district's own, or it is no place."""
    if role in AT_SCHOOLS and org_id is None:
        raise ValidationError({"org_id": _("Say at which school, network or department the role is held.")})
    if org_id is None:
        return
    if role not in AT_SCHOOLS and role not in AT_ORG_OR_NOT:
        raise ValidationError({"org_id": _("This role is the district's own: it is held at no place.")})
    if org_id not in directory.registered().names_of_places([org_id]):
        raise ValidationError({"org_id": _("There is no such place.")})


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
