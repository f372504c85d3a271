"""The rule that the district never loses its last data administrator, now or on a day to come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today


@dataclass(frozen=True, slots=True)
class Administrator:
    """Someone who may sign in and is a data administrator today or on a day to come, and when.

    is_proven: has a password or has signed in before. Another may be one whose address was mistyped.
    """

    user_id: int
    has_password: bool
    is_proven: bool
    spans: tuple[DateRange, ...]


def lock_administrators() -> list[Administrator]:
    """Return who is a data administrator and may sign in, by id, locked until the transaction ends; two queries.

    Always in the same order: of two that change administrators at once, the second waits. The roles are read
    after the lock is held, so that the second sees what the first has left.
    """
    lasting = RoleGrant.objects.filter(
        role=Role.DATA_ADMINISTRATOR, during__overlap=DateRange(today(), None), user__in=User.objects.able()
    )
    locked = (
        User.objects.filter(pk__in=lasting.values("user_id")).select_for_update(of=("self",)).order_by("pk")
    )
    users = {user.pk: user for user in locked}
    spans: dict[int, list[DateRange]] = {}
    for grant in lasting.filter(user__in=users).order_by("user_id", "during"):
        spans.setdefault(grant.user_id, []).append(grant.during)
    return [_administrator(users[pk], held) for pk, held in spans.items()]


def _administrator(user: User, spans: list[DateRange]) -> Administrator:
    has_password = user.has_usable_password()
    return Administrator(user.pk, has_password, has_password or user.last_login is not None, tuple(spans))


def refuse_to_lose_the_last(
    *, user: User, taken: Sequence[DateRange], administrators: Sequence[Administrator]
) -> None:
    """ValidationError where on a day of `taken` nobody but `user` would be a data administrator who can sign in.

    taken: when `user` would no longer be one. administrators: from `lock_administrators`, before the change.
    """
    own = [one for one in administrators if one.user_id == user.pk]
    if not own:
        return  # who may not sign in keeps nobody in
    others = [
        span for one in administrators if one.user_id != user.pk and one.is_proven for span in one.spans
    ]
    day = first_day_without(taken, others, since=today())
    if day is not None:
        words = _(
            "From {day} on nobody who can sign in would be a data administrator. Give someone else the role first,"
            " and let them sign in once."
        )
        raise ValidationError(words.format(day=date_format(day, "M j, Y")))


def to_spare(asked: Iterable[int], administrators: Sequence[Administrator]) -> list[int]:
    """Return which of the users `asked` about must be left, so that there is a data administrator on each day.

    Of several the longest here of those with a password.
    """
    asked = set(asked)
    going = [one for one in administrators if one.user_id in asked]
    left = [
        span for one in administrators if one.user_id not in asked and one.is_proven for span in one.spans
    ]
    spared: list[int] = []
    while going:
        day = first_day_without([span for one in going for span in one.spans], left, since=today())
        if day is None:
            break
        able = [one for one in going if any(_holds(span, day) for span in one.spans)]
        one = next((one for one in able if one.has_password), able[0])
        spared.append(one.user_id)
        left += one.spans
        going.remove(one)
    return spared


def first_day_without(wanted: Iterable[DateRange], held: Sequence[DateRange], *, since: date) -> date | None:
    """Return the first day of `wanted`, not before `since`, that lies in none of `held`; None when all do."""
    found = [day for day in (_first_gap(span, held, since) for span in wanted) if day is not None]
    return min(found, default=None)


def _first_gap(span: DateRange, held: Sequence[DateRange], since: date) -> date | None:
    day = max(span.lower or since, since)
    while span.upper is None or day < span.upper:
        ends = [one.upper for one in held if _holds(one, day)]
        if not ends:
            return day
        if None in ends:
            return None
        day = max(ends)
    return None


def _holds(span: DateRange, day: date) -> bool:
    return (span.lower is None or span.lower <= day) and (span.upper is None or day < span.upper)
