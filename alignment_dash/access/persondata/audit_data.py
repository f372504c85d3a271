"""What the audit says of someone: what they did, what was done about them, and who looked at their evidence."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.persondata.registry import Holding, Row, Subject
from alignment_dash.access.roles import Role


def _events(subject: Subject) -> QuerySet[AuditEvent]:
    about = Q(target_id=str(subject.uid))
    if subject.person_id:
        about |= Q(detail__has_key="people", detail__people__contains=subject.person_id)
    user = User.objects.filter(pk=subject.user_id).first() if subject.user_id else None
    if user is not None:
        # Events about roles name the account in their detail; by act, which has an index.
        roles = Q(act__gte="role.", act__lt="role/", detail__user=str(user.uid))
        about |= Q(by_id=user.pk) | Q(target_id=str(user.uid)) | roles
    return AuditEvent.objects.filter(about).order_by("at", "pk")


def _rows(subject: Subject) -> Iterator[Row]:
    """Events with the roles of others in place of their names, and without the other people a look was at."""
    roles = _roles()
    for event in _events(subject).iterator():
        detail = dict(event.detail)
        if "people" in detail:
            others = [one for one in detail.pop("people") if one != subject.person_id]
            detail["others"] = len(others)
        yield {
            "who": _who(event, subject, roles),
            "at": event.at,
            "act": event.act,
            "target_kind": event.target_kind,
            "target_id": event.target_id,
            "detail": detail,
        }


def _roles() -> dict[int, str]:
    """Return the roles that each account has held, in words; one query."""
    held: dict[int, list[str]] = {}
    for user_id, role in RoleGrant.objects.order_by("pk").values_list("user_id", "role"):
        words = str(Role(role).label)
        if words not in held.setdefault(user_id, []):
            held[user_id].append(words)
    return {user_id: ", ".join(words) for user_id, words in held.items()}


def _who(event: AuditEvent, subject: Subject, roles: dict[int, str]) -> str:
    if event.by_id is None:
        return _("The program") if event.by_label == "system" else _("Someone not signed in")
    if event.by_id == subject.user_id:
        return _("they themselves")
    return roles.get(event.by_id) or _("someone without a role now")


AUDIT = Holding(
    key="audit",
    label=gettext_lazy("The audit: what they did, what was done about them, and who looked"),
    rows=_rows,
    count=lambda subject: _events(subject).count(),
    erased=gettext_lazy("Stays as a record of acts; their name in it is blanked, and that is recorded too."),
    place=84,
)
