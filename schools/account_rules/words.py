"""Which rules there may be, and what they are called."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from alignment_dash.access.roles import AT_SCHOOLS, Role
from schools.models import RoleAssignmentRule, StaffRole

SOURCE = "rule:"
# Held at a school, or reaching a caseload, or seeing no person: what a mistake in a roster may give.
SAFE = AT_SCHOOLS | {Role.SUPERVISOR, Role.CI_STAFF}
# Held where the assignment is; the others are the district's own.
PLACED = AT_SCHOOLS | {Role.SUPERVISOR}
PROPOSED = (
    (StaffRole.PRINCIPAL, Role.PRINCIPAL),
    (StaffRole.ASSISTANT_PRINCIPAL, Role.ASSISTANT_PRINCIPAL),
    (StaffRole.TEACHER, Role.TEACHER),
    (StaffRole.PRINCIPAL_SUPERVISOR, Role.SUPERVISOR),
    (StaffRole.COACH, Role.CI_STAFF),
)


def source_of(rule: RoleAssignmentRule) -> str:
    """Return what roles say that this rule has given them."""
    return f"{SOURCE}{rule.pk}"


def rules() -> list[RoleAssignmentRule]:
    """Return every rule there is, and after them those proposed that nobody has switched on; one query."""
    held = list(RoleAssignmentRule.objects.select_related("changed_by").order_by("pk"))
    known = {(rule.staff_role, rule.role) for rule in held}
    proposed = [
        RoleAssignmentRule(staff_role=staff_role, role=role)
        for staff_role, role in PROPOSED
        if (staff_role, role) not in known
    ]
    return held + proposed


def sentence(rule: RoleAssignmentRule) -> str:
    """Return what a rule says in words."""
    said = {"staff": rule.get_staff_role_display(), "role": rule.get_role_display()}
    if rule.role in AT_SCHOOLS:
        return _("{staff} at a school in the roster: {role} there").format(**said)
    if rule.role in PLACED:
        return _("{staff} in the roster: {role} there").format(**said)
    return _("{staff} in the roster: {role}").format(**said)


def of_sources(sources: Collection[str]) -> dict[str, str]:
    """Return what gave a role in words, by the source that the role names; one query, none for no rules."""
    ids = {source: int(source.removeprefix(SOURCE)) for source in sources if source.startswith(SOURCE)}
    if not ids:
        return {}
    held = RoleAssignmentRule.objects.in_bulk(ids.values())
    return {source: sentence(held[pk]) for source, pk in ids.items() if pk in held}
