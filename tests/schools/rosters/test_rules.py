"""The rules and what the documentation says of them."""

import re

from django.conf import settings

from schools.rosters.rules import RULES, Level, rank


def test_every_rule_is_documented_as_it_speaks() -> None:
    text = (settings.BASE_DIR / "docs" / "imports.md").read_text()
    for rule in RULES.values():
        message = re.sub(r"[{](.*?)[}]", r"*\1*", rule.message)
        assert f"| `{rule.code}` | {message} |" in text


def test_errors_come_before_warnings_and_causes_before_consequences() -> None:
    ordered = sorted(RULES, key=rank)
    levels = [RULES[code].level for code in ordered]
    assert levels == sorted(levels, key=[Level.ERROR, Level.WARNING].index)
    assert rank("csv.invalid_utf8") < rank("row.required") < rank("reference.missing_target_record")
