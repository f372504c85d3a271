"""What role words of rosters mean here: the district's rules, and the roles that wait until someone says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self, cast

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schools.models import OrgType, RoleRule, StaffRole, WaitingRole
from schools.rosters import role_rules as pure

IGNORE, STUDENT = "ignore", "student"
# What a waiting role can be said to be, and what a rule can.
DECISIONS: list[tuple[str, str | Promise]] = [*StaffRole.choices, (IGNORE, _("No role here"))]
RULE_ROLES: list[tuple[str, str | Promise]] = [*DECISIONS, (STUDENT, _("Student"))]

# The kinds of places that rules speak of are those of OneRoster; here they are called otherwise.
ORG_TYPES: dict[str, str] = {
    "school": OrgType.SCHOOL,
    "district": OrgType.DISTRICT,
    "local": OrgType.NETWORK,
    "department": OrgType.DEPARTMENT,
}
AT_ORG_TYPE: dict[str, str | Promise] = {
    "": _("anywhere"),
    "school": _("at a school"),
    "district": _("at the district"),
    "local": _("at a network"),
    "department": _("at a department"),
}
WAITING, DECIDED = "waiting", "decided"
VALUES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class WordFilters:
    """Which roles are asked for; "" is any. `state` is "waiting" unless "decided" is asked for."""

    word: str = ""
    system: str = ""
    org_type: str = ""
    state: str = WAITING

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Read the query of an address; what is not known is left out."""
        texts = {name: params.get(name, "").replace("\0", "") for name in ("word", "system")}
        org_type = params.get("org_type", "")
        state = DECIDED if params.get("state") == DECIDED else WAITING
        return cls(**texts, org_type=org_type if org_type in ORG_TYPES else "", state=state)


@dataclass(frozen=True, slots=True)
class Word:
    """The waiting roles of one word of one source, counted: people, places, and people by kind of place."""

    word: str
    system: str
    n_people: int
    n_places: int
    by_org_type: tuple[tuple[str, int], ...] = ()

    @property
    def at_schools_only(self) -> bool:
        """Whether every place is a school."""
        return all(org_type == "school" for org_type, _n in self.by_org_type)


def role_rules() -> tuple[pure.RoleRule, ...]:
    """Return the district's rules in their order, as the reader of rosters takes them; one query."""
    return tuple(pure_rule(rule) for rule in RoleRule.objects.order_by("place", "pk"))


def pure_rule(rule: RoleRule) -> pure.RoleRule:
    """Return a rule as the reader takes it."""
    return pure.RoleRule(
        word=rule.word,
        org_type=rule.org_type,
        column=rule.column,
        test=cast(pure.Test, rule.test),
        values=tuple(rule.values),
        role=rule.role,
    )


def sentence(rule: RoleRule) -> str:
    """Return in words whom a rule is about: “administrator” at a school whose metadata.acme.jobTitle is “AP”."""
    parts = [f"“{rule.word}”" if rule.word else gettext("any role")]
    if rule.org_type:
        parts.append(str(AT_ORG_TYPE.get(rule.org_type, rule.org_type)))
    if rule.column:
        shown = ", ".join(f"“{value}”" for value in rule.values[:VALUES_SHOWN])
        more = len(rule.values) - VALUES_SHOWN
        values = gettext("{values} and {n} more").format(values=shown, n=more) if more > 0 else shown
        test = RoleRule.Test(rule.test).label
        parts.append(
            gettext("whose {column} {test} {values}").format(column=rule.column, test=test, values=values)
        )
    return " ".join(parts)


def role_label(role: str) -> str:
    """Return what a role is called here; the word itself where it is none."""
    return str(dict(RULE_ROLES).get(role, role))


def roles(filters: WordFilters) -> QuerySet[WaitingRole]:
    """Return the roles that wait, or were decided, with person, place and import; by name."""
    found = WaitingRole.objects.filter(role="") if filters.state == WAITING else decided()
    if filters.word:
        found = found.filter(word=filters.word)
    if filters.system:
        found = found.filter(system__code=filters.system)
    if filters.org_type:
        found = found.filter(org__type=ORG_TYPES[filters.org_type])
    return shown(found).order_by("person__identity__family_name", "person__identity__given_name", "pk")


def shown(found: QuerySet[WaitingRole]) -> QuerySet[WaitingRole]:
    """Take in what pages show of each role; of its import only what is small."""
    large = ("content", "plan", "findings", "groups", "counts", "unmatched", "options")
    joined = found.select_related("person__identity", "org", "system", "seen_in", "decided_by")
    return joined.defer(*(f"seen_in__{name}" for name in large))


def decided() -> QuerySet[WaitingRole]:
    """Return the roles of which someone has said what they are."""
    return WaitingRole.objects.exclude(role="")


def waiting_words() -> list[Word]:
    """Return the words that wait, those of most people first; two queries."""
    waiting = WaitingRole.objects.filter(role="")
    n_people = Count("person", distinct=True)
    keys = ("word", "system__code")
    kinds: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for word, system, org_type, n in (
        waiting.values_list(*keys, "org__type").annotate(n=n_people).order_by("-n", "org__type")
    ):
        kinds.setdefault((word, system), []).append((_roster_type(org_type), n))
    totals = waiting.values_list(*keys).annotate(n=n_people, places=Count("org", distinct=True))
    return [
        Word(word, system, n, places, tuple(kinds.get((word, system), ())))
        for word, system, n, places in totals.order_by("-n", *keys)
    ]


def _roster_type(org_type: str) -> str:
    return next((word for word, ours in ORG_TYPES.items() if ours == org_type), "other")


def fits_now(rules: Iterable[RoleRule]) -> dict[int, int | None]:
    """Return by rule id how many waiting roles it fits; None where the roster's column is not kept here.

    Two queries; the second only where a rule asks for the e-mail address.
    """
    asked = list(rules)
    waiting = WaitingRole.objects.filter(role="")
    groups = list(waiting.values_list("word", "org__type").annotate(n=Count("pk")).order_by())
    emails: list[tuple[str, str, str]] = []
    if any(rule.column == "email" for rule in asked):
        emails = list(waiting.values_list("word", "org__type", "person__identity__email"))
    found: dict[int, int | None] = {}
    for rule in asked:
        if rule.column == "":
            found[rule.pk] = sum(n for word, org_type, n in groups if _at(rule, word, org_type))
        elif rule.column == "email":
            test = pure_rule(rule).matches_cell
            found[rule.pk] = sum(
                _at(rule, word, org_type) and test(email or "") for word, org_type, email in emails
            )
        else:
            found[rule.pk] = None
    return found


def _at(rule: RoleRule, word: str, org_type: str) -> bool:
    same_word = not rule.word or rule.word.casefold() == word.casefold()
    return same_word and (not rule.org_type or ORG_TYPES.get(rule.org_type) == org_type)
