"""Reads of accounts: the list with its filters, and what one account holds, held and will hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alignment_dash.access.accounts import directory
from alignment_dash.access.accounts.directory import Someone
from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.schoolyear import today

ACTIVE, DEACTIVATED, SUSPENDED, NEVER = "active", "deactivated", "suspended", "never"
STATES: dict[str, str | Promise] = {
    ACTIVE: pgettext_lazy("account", "Active"),
    DEACTIVATED: pgettext_lazy("account", "Deactivated"),
    SUSPENDED: gettext_lazy("Suspended by the roster"),
    NEVER: gettext_lazy("Never signed in"),
}
# What each state's pill looks like.
PILLS = {ACTIVE: "current", DEACTIVATED: "canceled", SUSPENDED: "warning", NEVER: "draft"}
_WITH_STATE = {
    ACTIVE: Q(is_active=True, suspended_by_roster=False),
    DEACTIVATED: Q(is_active=False),
    SUSPENDED: Q(is_active=True, suspended_by_roster=True),
    NEVER: Q(last_login=None),
}


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with an account, in a word."""

    code: str

    @property
    def label(self) -> str:
        """The word for it."""
        return str(STATES[self.code])

    @property
    def pill(self) -> str:
        """What its pill looks like."""
        return PILLS[self.code]


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the list: roles are those of today, in words; person None: linked to nobody."""

    user: User
    state: State
    roles: Sequence[str]
    person: Someone | None


@dataclass(frozen=True, slots=True)
class Held:
    """A role as the page of an account shows it. when: "now", "ended" or "to come"; by_rule: people do not end it."""

    grant: RoleGrant
    label: str
    place: str
    when: str
    given: str
    by_rule: bool


def accounts(*, q: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Return people's accounts by name, with each word of `q` in name or address, a role held today, in a state."""
    found = User.objects.people()
    for word in q.split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if role:
        held = RoleGrant.objects.on(today()).filter(role=role)
        found = found.filter(pk__in=held.values("user_id"))
    if state:
        found = found.filter(_WITH_STATE[state])
    now = RoleGrant.objects.on(today()).order_by("role", "org_id", "pk")
    with_roles: QuerySet[User] = found.prefetch_related(Prefetch("role_grants", now, to_attr="roles_now"))
    return with_roles.order_by("name", "pk")


def rows(users: Sequence[User]) -> list[Row]:
    """Return what the list shows of these accounts, which have their `roles_now`; three queries."""
    known = directory.registered()
    places = known.names_of_places(
        {grant.org_id for user in users for grant in _now(user) if grant.org_id is not None}
    )
    people = known.people_of([user.pk for user in users])
    return [Row(user, state_of(user), _in_words(_now(user), places), people.get(user.pk)) for user in users]


def _now(user: User) -> list[RoleGrant]:
    grants: list[RoleGrant] = user.roles_now  # type: ignore[attr-defined]
    return grants


def _in_words(grants: Sequence[RoleGrant], places: dict[int, str]) -> list[str]:
    # The same role from people and from a rule is one.
    return list(dict.fromkeys(_label(grant, places) for grant in grants))


def _label(grant: RoleGrant, places: dict[int, str]) -> str:
    role = grant.get_role_display()
    return f"{role}, {_place(grant, places)}" if grant.org_id is not None else role


def _place(grant: RoleGrant, places: dict[int, str]) -> str:
    return places.get(grant.org_id, _("(no longer there)")) if grant.org_id is not None else ""


def state_of(user: User) -> State:
    """Return how it stands with an account: what closes it before that it was never used."""
    if not user.is_active:
        return State(DEACTIVATED)
    if user.suspended_by_roster:
        return State(SUSPENDED)
    return State(ACTIVE if user.last_login else NEVER)


def roles_of(user: User) -> list[Held]:
    """Return every role of an account: what holds now, then what is to come, then what ended; three queries."""
    day = today()
    newest = F("given_at").desc(nulls_last=True)
    grants = list(user.role_grants.select_related("given_by").order_by(newest, "-pk"))
    known = directory.registered()
    places = known.names_of_places({grant.org_id for grant in grants if grant.org_id is not None})
    rules = known.rule_words({grant.source for grant in grants if grant.source})
    found = [
        Held(
            grant=grant,
            label=grant.get_role_display(),
            place=_place(grant, places),
            when=_when(grant, day),
            given=_given(grant, rules),
            by_rule=bool(grant.source),
        )
        for grant in grants
    ]
    order = ["now", "to come", "ended"]
    return sorted(found, key=lambda held: order.index(held.when))


def _when(grant: RoleGrant, day: date) -> str:
    if grant.during.lower is not None and grant.during.lower > day:
        return "to come"
    return "now" if grant.during.upper is None or grant.during.upper > day else "ended"


def _given(grant: RoleGrant, rules: dict[str, str]) -> str:
    if grant.source:
        words = rules.get(grant.source, _("a rule that is gone"))
        return _("by the rule “{rule}”").format(rule=words)
    return str(grant.given_by) if grant.given_by else ""


def opened_schools(user: User) -> list[dict[str, object]]:
    """Return the schools opened to an account by something other than a role, newest first; two queries."""
    grants = list(Grant.objects.filter(user=user).order_by("-during", "-pk"))
    places = directory.registered().names_of_places({grant.school_id for grant in grants})
    return [
        {
            "school": places.get(grant.school_id, _("(no longer there)")),
            "during": grant.during,
            "by": _("caseload") if grant.source.startswith("caseload:") else grant.source,
        }
        for grant in grants
    ]
