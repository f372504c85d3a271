"""The rules and what the documentation says of them."""

import re

from django.conf import settings

from schools.models import StaffRole
from schools.rosters.role_rules import STAFF_ROLES
from schools.rosters.rules import RULES, Level, rank


def test_every_rule_is_documented_as_it_speaks() -> None:
    page = (settings.BASE_DIR / "docs" / "imports.md").read_text()
    text = page.partition("### Rejects the file")[2].partition("\n## ")[0]
    documented = re.findall(
        r"^[|] `([a-z]+[.][a-z_0-9]+)` [|] (.*?) [|](?: (yes)? ?[|])?$", text, re.MULTILINE
    )
    assert documented == [
        (rule.code, re.sub(r"[{](.*?)[}]", r"*\1*", rule.message), "yes" if rule.strict else "")
        for rule in RULES.values()
    ]


def test_roles_of_the_reader_are_those_of_the_models() -> None:
    assert tuple(StaffRole.values) == STAFF_ROLES


def test_errors_come_before_warnings_and_causes_before_consequences() -> None:
    ordered = sorted(RULES, key=rank)
    levels = [RULES[code].level for code in ordered]
    assert levels == sorted(levels, key=[Level.ERROR, Level.WARNING].index)
    assert rank("csv.invalid_utf8") < rank("row.required") < rank("reference.missing_target_record")
