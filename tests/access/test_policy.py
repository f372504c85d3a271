"""The policy page people read is the policy the program follows."""

from django.conf import settings

from alignment_dash.access.policy import POLICY, Data, Reach
from alignment_dash.access.roles import Role

WORDS = {
    Reach.DISTRICT: "district",
    Reach.SCHOOLS: "their schools",
    Reach.CASELOAD: "their caseload",
    Reach.OWN: "own",
}


def _table() -> dict[str, dict[str, str]]:
    page = (settings.BASE_DIR / "docs" / "who-sees-what.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]
    head, *body = rows
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


def test_page_who_sees_what_states_the_policy():
    expected = {
        str(role.label): {
            str(data): WORDS[POLICY[role, data]] if (role, data) in POLICY else "" for data in Data
        }
        for role in Role
    }
    assert _table() == expected
