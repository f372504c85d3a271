"""Switching a rule on or off, and what that would do."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from schools.account_rules.apply import Applied, apply_rules
from schools.account_rules.wanted import passed_over
from schools.account_rules.words import SAFE
from schools.models import RoleAssignmentRule, StaffRole


@dataclass(frozen=True, slots=True)
class Preview:
    """What setting a rule would do, and how many people it passes over because they see to roles or rosters."""

    applied: Applied
    passed_over: int


@transaction.atomic
def set_rule(*, staff_role: str, role: str, is_on: bool, makes_accounts: bool, by: User) -> Applied:
    """Switch a rule on or off, and do at once what that means. ValidationError for a role that no rule may give."""
    rule, before = _set(staff_role, role, is_on, makes_accounts, by)
    applied = apply_rules(by=by)
    counts = {"given": len(applied.given), "ended": len(applied.ended), "accounts": len(applied.accounts)}
    detail = {"before": before, "after": _state(rule), **counts}
    audit.record(act="account-rule.set", target=rule, by=by, detail=detail)
    return applied


def preview(*, staff_role: str, role: str, is_on: bool, makes_accounts: bool, by: User) -> Preview:
    """Return what setting a rule would do: it is done and taken back, so that what follows cannot differ."""
    with transaction.atomic():
        rule, _before = _set(staff_role, role, is_on, makes_accounts, by)
        found = Preview(apply_rules(by=by), passed_over(rule.pk))
        transaction.set_rollback(True)
    return found


def _set(
    staff_role: str, role: str, is_on: bool, makes_accounts: bool, by: User
) -> tuple[RoleAssignmentRule, dict[str, object] | None]:
    """Write a rule; return it, and how it was if it was there."""
    if role not in SAFE or staff_role not in StaffRole.values:
        raise ValidationError(_("No rule gives this role: a data administrator does, by hand."))
    found = RoleAssignmentRule.objects.select_for_update().filter(staff_role=staff_role, role=role).first()
    before = _state(found) if found else None
    rule = found or RoleAssignmentRule(staff_role=staff_role, role=role)
    rule.is_on, rule.makes_accounts, rule.changed_by = is_on, is_on and makes_accounts, by
    rule.save()
    return rule, before


def _state(rule: RoleAssignmentRule) -> dict[str, object]:
    return {
        "staff_role": rule.staff_role,
        "role": rule.role,
        "is_on": rule.is_on,
        "makes_accounts": rule.makes_accounts,
    }
