"""Reads of rules that give roles."""

from django.db.models import Count

from alignment_dash.access.models import RoleGrant
from alignment_dash.schoolyear import today
from schools.account_rules.words import SOURCE


def held_by_rule() -> dict[str, int]:
    """Return how many hold a role today that a rule gave, by the source that the role names; one query."""
    held = RoleGrant.objects.on(today()).filter(source__startswith=SOURCE)
    counted = held.values("source").annotate(n=Count("user", distinct=True))
    return dict(counted.values_list("source", "n"))
