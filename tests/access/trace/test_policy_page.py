"""The page "Who sees what" says what the policy says, and to each what their own roles let them do."""

import pytest
from django.urls import reverse

from alignment_dash.access.policy import RULES, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.trace.policy_page import kinds
from tests import factories

pytestmark = pytest.mark.django_db


def test_page_has_every_rule_of_the_policy():
    said = {(kind.key, line.role) for kind in kinds() for line in kind.lines}
    assert said == {(rule.data, rule.role) for rule in RULES}
    assert [kind.key for kind in kinds()] == list(Data)


def test_page_tells_each_what_their_roles_let_them_do(district, client, sign_in):
    page = sign_in(Role.ASSOCIATION).get(reverse("trace:who-sees-what"))
    ((role, held),) = page.context["own"]
    assert role == Role.ASSOCIATION
    assert [str(label) for label, _line in held] == [
        "Definitions",
        "Framework drafts",
        "Expected observations",
        "Targets",
    ]
    client.force_login(factories.user())
    assert "You hold no role today" in client.get(reverse("trace:who-sees-what")).text
