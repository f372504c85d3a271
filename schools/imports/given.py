"""What rules would give by a roster that a program has sent: nobody has looked at it, so it opens no evidence."""

from typing import Any

from django.db import transaction

from alignment_dash.access.models import User
from alignment_dash.access.policy import POLICY, Data, Reach
from schools.account_rules.apply import apply_rules
from schools.account_rules.wanted import Change
from schools.models import Org

# Roles that see evidence about the work of others.
OPENING = frozenset(
    rule.role for rule in POLICY.values() if rule.data is Data.PERSON_EVIDENCE and rule.reach is not Reach.OWN
)


def unseen_roles(sender: User | None) -> dict[str, Any]:
    """Return for the plan of a roster what rules would give that is held: {"roles_given": [...]}, or nothing."""
    given = roles_given(by=sender) if sender is not None and sender.is_machine else []
    return {"roles_given": given} if given else {}


def roles_given(*, by: User) -> list[dict[str, Any]]:
    """Return whom rules would give a role that opens evidence, or for longer, by what the transaction has written.

    Nothing of it stays. By role and place: {role, org, users: ids of accounts, names: of accounts yet to be made},
    equal each time it is asked of the same district.
    """
    with transaction.atomic():
        found = [one for one in apply_rules(by=by).changes if one.role in OPENING and _is_more(one)]
        transaction.set_rollback(True)
    places = Org.objects.in_bulk({one.org_id for one in found if one.org_id is not None})
    known = set(User.objects.filter(pk__in=[one.user_id for one in found]).values_list("pk", flat=True))
    groups: dict[tuple[str, str], tuple[set[int], set[str]]] = {}
    for one in found:
        org = places[one.org_id].name if one.org_id is not None else ""
        users, names = groups.setdefault((one.role, org), (set(), set()))
        if one.user_id in known:
            users.add(one.user_id)
        else:
            names.add(one.user_name)
    return [
        {"role": role, "org": org, "users": sorted(users), "names": sorted(names)}
        for (role, org), (users, names) in sorted(groups.items())
    ]


def _is_more(one: Change) -> bool:
    if one.before is None or one.after is None:
        return one.before is None
    before, after = one.before.upper, one.after.upper
    return before is not None and (after is None or after > before)
