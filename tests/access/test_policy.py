"""The policy page people read is the policy the program follows."""

from django.conf import settings

from alignment_dash.access import words
from alignment_dash.access.policy import ANY, MACHINE_POLICY, RULES, Action, Data, Purpose, Reach, reach_of
from alignment_dash.access.roles import Role

ABOUT_ONE_PERSON = {Data.PERSON_EVIDENCE, Data.RATER_SEVERITY}


def _tables() -> list[list[list[str]]]:
    """The tables of the page, each a list of rows of cells, heads first."""
    page = (settings.BASE_DIR / "docs" / "who-sees-what.md").read_text(encoding="utf-8")
    found: list[list[list[str]]] = [[]]
    for line in page.splitlines():
        if not line.startswith("|"):
            found.append([])
        elif not line.startswith("|---"):
            found[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return [table for table in found if table]


def test_page_who_sees_what_states_the_policy():
    expected = [
        [str(words.KINDS[one.data][0]), str(one.role.label), one.purpose, one.actions, one.reach]
        for one in words.lines()
    ]
    assert _tables()[1][1:] == expected


def test_page_who_sees_what_says_what_each_kind_of_data_is():
    assert _tables()[0][1:] == [[str(label), str(text)] for label, text in words.KINDS.values()]
    assert set(words.KINDS) == set(Data)


def test_each_role_has_one_rule_for_a_kind_of_data_and_an_action():
    keys = [(rule.role, rule.data, rule.action) for rule in RULES]
    assert len(keys) == len(set(keys))


def test_evidence_about_one_person_stays_with_them_and_the_leaders_of_their_school():
    reaches = {rule.role: rule.reach for rule in RULES if rule.data is Data.PERSON_EVIDENCE}
    assert reaches == {
        Role.PRINCIPAL: Reach.SCHOOLS,
        Role.ASSISTANT_PRINCIPAL: Reach.SCHOOLS,
        Role.DEPARTMENT_LEAD: Reach.OWN,
        Role.TEACHER: Reach.OWN,
    }


def test_rule_for_some_purposes_does_not_answer_for_all(monkeypatch):
    from alignment_dash.access import policy

    rule = policy.Rule(
        Role.HR, Data.PERSON_EVIDENCE, Action.VIEW, Reach.DISTRICT, frozenset({Purpose.EVALUATIVE})
    )
    monkeypatch.setitem(policy.POLICY, (rule.role, rule.data, rule.action), rule)
    assert reach_of(Role.HR, Data.PERSON_EVIDENCE) is None
    assert reach_of(Role.HR, Data.PERSON_EVIDENCE, purpose=Purpose.FORMATIVE) is None
    assert reach_of(Role.HR, Data.PERSON_EVIDENCE, purpose=Purpose.EVALUATIVE) is Reach.DISTRICT


def test_programs_reach_nothing_about_one_person():
    reached = {data for pairs in MACHINE_POLICY.values() for data, _action in pairs}
    assert not reached & (ABOUT_ONE_PERSON | {Data.STAFF_LIST, Data.ACCOUNTS, Data.AUDIT, Data.PERSON_DATA})


def test_purposes_are_narrowed_only_for_evidence_about_one_person():
    assert {rule.data for rule in RULES if rule.purposes != ANY} <= ABOUT_ONE_PERSON
