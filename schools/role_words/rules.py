"""Writes of role rules: what a word of rosters means here from the next roster on."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from schools.models import RoleRule, WaitingRole
from schools.role_words.decisions import Decided, decide_roles
from schools.role_words.queries import DECISIONS, ORG_TYPES, RULE_ROLES, WordFilters, pure_rule, roles
from schools.rosters.role_rules import PERSON_COLUMNS

OWN_COLUMNS = ("metadata.", "ext")
VALUES_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a rule says; see `RoleRule`."""

    role: str
    word: str = ""
    org_type: str = ""
    column: str = ""
    test: str = RoleRule.Test.IS
    values: tuple[str, ...] = ()


@transaction.atomic
def add_rule(*, meaning: Meaning, by: User) -> RoleRule:
    """Add a rule after the others. ValidationError, by field, says what is wrong."""
    _lock()
    last = RoleRule.objects.aggregate(last=Max("place"))["last"]
    rule = RoleRule(place=0 if last is None else last + 1, made_by=by)
    _write(rule, meaning)
    audit.record(act="role-rule.add", target=rule, by=by, detail=_detail(rule))
    return rule


@transaction.atomic
def change_rule(*, rule: RoleRule, meaning: Meaning, by: User) -> RoleRule:
    """Let a rule say something else. ValidationError, by field, says what is wrong."""
    rule = RoleRule.objects.select_for_update().get(pk=rule.pk)
    before = _detail(rule)
    _write(rule, meaning)
    audit.record(act="role-rule.change", target=rule, by=by, detail={"before": before, **_detail(rule)})
    return rule


@transaction.atomic
def place_rule(*, rule: RoleRule, place: int, by: User) -> None:
    """Put a rule at a place among the others, 0 for the first; a place past the end is the last."""
    ordered = [one for one in _lock() if one.pk != rule.pk]
    ordered.insert(max(0, min(place, len(ordered))), rule)
    for at, one in enumerate(ordered):
        one.place = at
    RoleRule.objects.bulk_update(ordered, ["place"])
    audit.record(act="role-rule.place", target=rule, by=by, detail={"place": rule.place})


@transaction.atomic
def remove_rule(*, rule: RoleRule, by: User) -> None:
    """Remove a rule; what it made stays until the next roster says otherwise."""
    audit.record(act="role-rule.remove", target=rule, by=by, detail=_detail(rule))
    rule.delete()


@transaction.atomic
def decide_word(*, filters: WordFilters, role: str, by: User, make_rule: bool = False) -> Decided:
    """Say of every waiting role of a word what it is, and with `make_rule` of those that rosters bring later.

    ValidationError where no word is named, nothing waits or the role is not known.
    """
    if not filters.word:
        raise ValidationError(_("Name the word."))
    waiting = list(roles(filters).filter(role="").values_list("uid", flat=True))
    if not waiting:
        raise ValidationError(_("Nothing waits of this word."))
    done = decide_roles(decisions=dict.fromkeys(waiting, role), by=by)
    same = RoleRule.objects.filter(word=filters.word, org_type=filters.org_type, column="", role=role)
    if make_rule and not same.exists():
        add_rule(meaning=Meaning(role=role, word=filters.word, org_type=filters.org_type), by=by)
    return done


def decide_by_rule(*, rule: RoleRule, by: User) -> Decided:
    """Let a rule about everyone of a word decide what waits already. ValidationError where it names a column."""
    if rule.column or rule.role not in {role for role, _label in DECISIONS}:
        raise ValidationError(_("The next roster applies this rule: it has the column, we do not keep it."))
    waiting = WaitingRole.objects.filter(role="")
    if rule.word:
        waiting = waiting.filter(word__iexact=rule.word)
    if rule.org_type:
        waiting = waiting.filter(org__type=ORG_TYPES[rule.org_type])
    uids = list(waiting.values_list("uid", flat=True))
    return decide_roles(decisions=dict.fromkeys(uids, rule.role), by=by)


def _lock() -> list[RoleRule]:
    """Return the rules in their order, locked until the transaction ends."""
    return list(RoleRule.objects.select_for_update().order_by("place", "pk"))


def _write(rule: RoleRule, meaning: Meaning) -> None:
    _check(meaning)
    rule.word, rule.org_type, rule.column = meaning.word, meaning.org_type, meaning.column
    rule.test, rule.values, rule.role = meaning.test, list(meaning.values), meaning.role
    rule.full_clean(exclude=["made_by"])
    try:
        pure_rule(rule)  # what the reader of rosters would not take would stop every import
    except ValueError as error:
        raise ValidationError({"column": str(error)}) from error
    rule.save()


def _check(meaning: Meaning) -> None:
    wrong: dict[str, str] = {}
    if meaning.role not in {role for role, _label in RULE_ROLES}:
        wrong["role"] = _("There is no such role here.")
    if meaning.org_type and meaning.org_type not in ORG_TYPES:
        wrong["org_type"] = _("There is no such kind of place.")
    column = meaning.column.lower()
    if column and column not in PERSON_COLUMNS and not column.startswith(OWN_COLUMNS):
        wrong["column"] = _("Name username, identifier, email, or a column that begins with metadata.")
    if meaning.column and not meaning.values:
        wrong["values"] = _("Say what the column is compared with.")
    if meaning.values and not meaning.column:
        wrong["column"] = _("Name the column that is compared with these values.")
    if meaning.test != RoleRule.Test.ONE_OF and len(meaning.values) > 1:
        wrong["values"] = _("Give one value, or choose “is one of”.")
    if len(meaning.values) > VALUES_KEPT:
        wrong["values"] = _("A rule takes up to {n} values.").format(n=VALUES_KEPT)
    if not meaning.word and not meaning.column:
        wrong["word"] = _("Name a role word, a column, or both: this rule would be about everyone.")
    if _is_about_everyone(meaning):
        wrong["values"] = _("Name more of it: this rule would be about everyone.")
    if wrong:
        raise ValidationError(wrong)


def _is_about_everyone(meaning: Meaning) -> bool:
    """Say whether a rule without a word looks for a sign alone, such as the @ that every address has."""
    if meaning.word or not meaning.values or meaning.test in {RoleRule.Test.IS, RoleRule.Test.ONE_OF}:
        return False
    return not any(character.isalnum() for value in meaning.values for character in value)


def _detail(rule: RoleRule) -> dict[str, Any]:
    """What the audit says of a rule: not its values, which may be names of users."""
    return {
        "word": rule.word,
        "org_type": rule.org_type,
        "column": rule.column,
        "test": rule.test,
        "values": len(rule.values),
        "role": rule.role,
    }
